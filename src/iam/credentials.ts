import {ServiceError} from '../model/service-error.ts';
import {type CredentialScope, parseScope} from './credential-scope.ts';

/** What a request says of who signed it, and how. Nothing of it is verified here. */
export interface Credentials extends CredentialScope {
  /** `X-Amz-Date` or `Date`, as sent. */
  requestDate: string;
  /** Lower-case names, joined with `;`. */
  signedHeaders: string;
  signature: string;
}

/** What this module needs of a request: its target and its headers by lower-case name. */
export interface SignedRequest {
  url: string;
  header(name: string): string | undefined;
}

const algorithm = 'AWS4-HMAC-SHA256';
const canonicalStart = `${algorithm} Credential=`;

/**
 * The credentials of an `Authorization` header (SigV4) or of a presigned query. Throws MissingAuthenticationTokenException,
 * IncompleteSignatureException or InvalidSignatureException in the order and words of the real service, as dynalite
 * recorded them (index.js and test/connection.js).
 */
export function parseCredentials(request: SignedRequest): Credentials {
  const authorization = request.header('authorization');
  const queryStart = request.url.indexOf('?');
  if (queryStart >= 0) {
    const query = new URLSearchParams(request.url.slice(queryStart + 1));
    if (query.has('X-Amz-Algorithm')) {
      if (authorization !== undefined) {
        throw new ServiceError(
          'InvalidSignatureException',
          "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
        );
      }
      return fromQuery(query);
    }
  }
  if (authorization === undefined || !authorization.startsWith('AWS4-')) {
    throw new ServiceError('MissingAuthenticationTokenException', 'Request is missing Authentication Token');
  }
  return fromHeader(authorization, request);
}

function fromHeader(authorization: string, request: SignedRequest): Credentials {
  const requestDate = request.header('x-amz-date') ?? request.header('date');
  return (requestDate && fromUsualHeader(authorization, requestDate)) || fromAnyHeader(authorization, requestDate);
}

/** The header as every SDK writes it, told apart with a few comparisons; undefined for any other. */
function fromUsualHeader(authorization: string, requestDate: string): Credentials | undefined {
  if (!authorization.startsWith(canonicalStart)) return undefined;
  const scopeEnd = authorization.indexOf(',', canonicalStart.length);
  const headersStart = authorization.indexOf('SignedHeaders=', scopeEnd) + 14;
  const headersEnd = authorization.indexOf(',', headersStart);
  const signatureStart = authorization.indexOf('Signature=', headersEnd) + 10;
  if (scopeEnd < 0 || headersStart - scopeEnd > 16 || headersEnd < 0 || signatureStart - headersEnd > 12)
    return undefined;
  const scopeText = authorization.slice(canonicalStart.length, scopeEnd);
  const signedHeaders = authorization.slice(headersStart, headersEnd);
  const signature = authorization.slice(signatureStart);
  if (!/^[0-9a-f]+$/.test(signature) || !isUsualDate(requestDate) || !signsHost(signedHeaders)) return undefined;
  return credentials(parseScope(scopeText), requestDate, signedHeaders, signature);
}

function fromAnyHeader(authorization: string, requestDate: string | undefined): Credentials {
  const [algorithmText = '', ...pieces] = authorization.split(/[, ]+/).filter(piece => piece !== '');
  const parameters = new Map<string, string>();
  for (const piece of pieces) {
    const equals = piece.indexOf('=');
    if (equals < 0) {
      throw incomplete(
        `'${piece}' not a valid key=value pair (missing equal-sign) in Authorization header: '${authorization}'.`,
      );
    }
    parameters.set(piece.slice(0, equals), piece.slice(equals + 1));
  }
  let missing = '';
  for (const name of ['Credential', 'Signature', 'SignedHeaders']) {
    if (!parameters.get(name)) missing += `Authorization header requires '${name}' parameter. `;
  }
  if (!requestDate) {
    missing += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
  }
  if (missing || !requestDate) throw incomplete(`${missing}Authorization=${authorization}`);
  return checked(
    algorithmText,
    parameters.get('Credential')!,
    requestDate,
    parameters.get('SignedHeaders')!,
    parameters.get('Signature')!,
  );
}

function fromQuery(query: URLSearchParams): Credentials {
  let missing = '';
  for (const name of ['Algorithm', 'Credential', 'Signature', 'SignedHeaders', 'Date']) {
    if (!query.get(`X-Amz-${name}`)) missing += `AWS query-string parameters must include 'X-Amz-${name}'. `;
  }
  if (missing) throw incomplete(`${missing}Re-examine the query-string parameters.`);
  const value = (name: string) => query.get(`X-Amz-${name}`)!;
  return checked(value('Algorithm'), value('Credential'), value('Date'), value('SignedHeaders'), value('Signature'));
}

/** The checks on what is there: date, then signed headers, then algorithm, then credential. */
function checked(
  algorithmText: string,
  scopeText: string,
  requestDate: string,
  signedHeaders: string,
  signature: string,
): Credentials {
  // A `Date` header may also be in HTTP's own form, which starts with the day of the week.
  if (!isUsualDate(requestDate) && !/^[A-Z][a-z]{2}, \d/.test(requestDate)) {
    throw incomplete(
      `Date must be in ISO-8601 'basic format'. Got '${requestDate}'. See http://en.wikipedia.org/wiki/ISO_8601`,
    );
  }
  if (!signsHost(signedHeaders)) {
    throw new ServiceError('InvalidSignatureException', "'Host' must be a 'SignedHeader' in the AWS Authorization.");
  }
  if (algorithmText !== algorithm) {
    throw incomplete(`Unsupported AWS 'algorithm': '${algorithmText}' (only ${algorithm} for now). `);
  }
  return credentials(parseScope(scopeText), requestDate, signedHeaders, signature);
}

function credentials(
  scope: CredentialScope,
  requestDate: string,
  signedHeaders: string,
  signature: string,
): Credentials {
  const {accessKeyId, region, service, scopeDate} = scope;
  return {accessKeyId, region, service, scopeDate, requestDate, signedHeaders, signature};
}

function isUsualDate(date: string): boolean {
  return date.length === 16 && /^\d{8}T\d{6}Z$/.test(date);
}

function signsHost(signedHeaders: string): boolean {
  return signedHeaders.includes(';host;') || signedHeaders.toLowerCase().split(';').includes('host');
}

function incomplete(message: string): ServiceError {
  return new ServiceError('IncompleteSignatureException', message);
}
