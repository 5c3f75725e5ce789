import {ServiceError} from '../model/service-error.ts';

/** `AKIA…/20261122/us-east-1/dynamodb/aws4_request`, taken apart. */
export interface CredentialScope {
  accessKeyId: string;
  region: string;
  service: string;
  /** YYYYMMDD, as sent. */
  scopeDate: string;
}

/** Clients send the same scope all day. When the memory is full it starts over: what is forgotten is only parsed again. */
const scopes = new Map<string, CredentialScope>();
const scopesMax = 1_000;
const scopeLengthMax = 512;

/** Throws IncompleteSignatureException or InvalidSignatureException. Wording: comments in dynalite's index.js. */
export function parseScope(text: string): CredentialScope {
  const known = scopes.get(text);
  if (known) return known;
  const scope = parse(text);
  if (text.length <= scopeLengthMax) {
    if (scopes.size >= scopesMax) scopes.clear();
    // A copy, since `text` may be a slice that keeps a whole request head alive.
    scopes.set(copy(text), scope);
  }
  return scope;
}

function parse(text: string): CredentialScope {
  // Trailing slashes are ignored; an access key id holds none.
  const pieces = text.replace(/\/+$/, '').split('/');
  if (pieces.length !== 5) {
    throw new ServiceError(
      'IncompleteSignatureException',
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${text}'`,
    );
  }
  const [accessKeyId, scopeDate, region, service, terminator] = pieces.map(copy) as [
    string,
    string,
    string,
    string,
    string,
  ];
  const wrong: string[] = [];
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(region)) {
    wrong.push(`Credential should be scoped to a valid region, not '${region}'. `);
  }
  if (service !== 'dynamodb') wrong.push("Credential should be scoped to correct service: 'dynamodb'. ");
  if (terminator !== 'aws4_request') {
    wrong.push(`Credential should be scoped with a valid terminator: 'aws4_request', not '${terminator}'. `);
  }
  if (wrong.length > 0) throw new ServiceError('InvalidSignatureException', wrong.join(''));
  return {accessKeyId, region, service, scopeDate};
}

const copy = (text: string): string => Buffer.from(text).toString();
