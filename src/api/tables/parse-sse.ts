import type {SseRecord} from '../../engine/tables/new-table.ts';
import {invalidParameter} from '../../engine/tables/table-errors.ts';
import type {SSESpecification} from '../../model/shapes.generated.ts';

/** Undefined: encrypted with a key of the service's own, which is not shown. Encryption is described only. */
export function parseSse(asked: SSESpecification): SseRecord | undefined {
  const {Enabled: enabled, SSEType: type, KMSMasterKeyId: keyId} = asked;
  if (enabled === false) {
    if (type !== undefined) throw invalidParameter('SSEType can not be specified if Enabled is false');
    if (keyId !== undefined) throw invalidParameter('KMSMasterKeyId can not be specified if Enabled is false');
    return undefined;
  }
  if (type === 'AES256') throw invalidParameter('SSEType AES256 is not supported');
  if (keyId !== undefined && type !== 'KMS') {
    throw invalidParameter('SSEType KMS is required if KMSMasterKeyId is specified');
  }
  if (enabled === undefined && type === undefined) return undefined;
  return {type: 'KMS', ...(keyId === undefined ? {} : {keyId})};
}
