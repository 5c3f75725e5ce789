import {createHash} from 'node:crypto';

const keyIdPattern = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/;

/** The ARN of a key by its id, alias or ARN. There are no keys here, so an alias stands for an id that is always the same. */
export function kmsKeyArn(keyId: string, region: string, accountId: string): string {
  const prefix = `arn:aws:kms:${region}:${accountId}:`;
  if (keyId.startsWith('arn:') && !keyId.includes(':alias/')) return keyId;
  if (keyIdPattern.test(keyId)) return `${prefix}key/${keyId}`;
  const alias = keyId.startsWith('arn:') ? keyId : prefix + keyId;
  const hex = createHash('sha256').update(alias).digest('hex');
  const uuid = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
  return `${prefix}key/${uuid}`;
}
