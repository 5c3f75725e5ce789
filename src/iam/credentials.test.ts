import assert from 'node:assert/strict';
import {test} from 'node:test';
import {ServiceError} from '../model/service-error.ts';
import {parseCredentials} from './credentials.ts';

function ask(headers: Record<string, string>, url = '/') {
  return parseCredentials({url, header: name => headers[name]});
}

/** The answer to a request, as `Code: message`. */
function refusal(headers: Record<string, string>, url = '/'): string {
  try {
    ask(headers, url);
  } catch (error) {
    assert(error instanceof ServiceError);
    return `${error.code}: ${error.message}`;
  }
  return 'accepted';
}

const scope = 'AKIAEXAMPLE/20261122/eu-west-3/dynamodb/aws4_request';
const date = '20261122T130000Z';
const header = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date, Signature=0aff`;
const found = {
  accessKeyId: 'AKIAEXAMPLE',
  region: 'eu-west-3',
  service: 'dynamodb',
  scopeDate: '20261122',
  requestDate: date,
  signedHeaders: 'host;x-amz-date',
  signature: '0aff',
};

test('reads the header as SDKs write it, and in every other order and spacing', () => {
  for (const authorization of [
    header,
    header.replaceAll(', ', ','),
    header.replaceAll(', ', ' '),
    `AWS4-HMAC-SHA256 Signature=0aff, Credential=${scope}, SignedHeaders=host;x-amz-date`,
    header.replace(scope, `${scope}/`),
  ]) {
    assert.deepEqual(ask({authorization, 'x-amz-date': date}), found, authorization);
  }
  assert.equal(ask({authorization: header, date}).requestDate, date);
  assert.equal(ask({authorization: header, date: 'Sun, 22 Nov 2026 13:00:00 GMT'}).region, 'eu-west-3');
});

test('reads a presigned query', () => {
  const query = new URLSearchParams({
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': scope,
    'X-Amz-Date': date,
    'X-Amz-SignedHeaders': 'host;x-amz-date',
    'X-Amz-Signature': '0aff',
  });
  assert.deepEqual(ask({}, `/?${query}`), found);
});

test('refuses in the words of the real service', () => {
  const missing = 'MissingAuthenticationTokenException: Request is missing Authentication Token';
  assert.equal(refusal({}), missing);
  assert.equal(refusal({authorization: 'AWS4'}), missing);
  assert.equal(refusal({authorization: 'Basic abc'}), missing);
  assert.equal(refusal({authorization: 'X'}, '/?X-Amz-Algorith'), missing);
  assert.equal(refusal({}, '/?X-Amz-Credential=a&X-Amz-Signature=b&X-Amz-SignedHeaders=c&X-Amz-Date=d'), missing);
  assert.equal(
    refusal({authorization: 'X'}, '/?X-Amz-Algorithm'),
    "InvalidSignatureException: Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
  );
  assert.equal(
    refusal({authorization: 'AWS4-'}),
    "IncompleteSignatureException: Authorization header requires 'Credential' parameter. Authorization header requires " +
      "'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires " +
      "existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=AWS4-",
  );
  for (const authorization of ['AWS4- Signature=b Credential=a', 'AWS4- Signature=b,Credential=a']) {
    assert.equal(
      refusal({authorization, date: 'a'}),
      `IncompleteSignatureException: Authorization header requires 'SignedHeaders' parameter. Authorization=${authorization}`,
    );
  }
  assert.equal(
    refusal({}, '/?X-Amz-Algorithm'),
    'IncompleteSignatureException: ' +
      ['Algorithm', 'Credential', 'Signature', 'SignedHeaders', 'Date']
        .map(name => `AWS query-string parameters must include 'X-Amz-${name}'. `)
        .join('') +
      'Re-examine the query-string parameters.',
  );
  assert.equal(
    refusal({}, '/?X-Amz-Algorithm=a&X-Amz-Credential=b&X-Amz-Signature=c&X-Amz-Date=d'),
    "IncompleteSignatureException: AWS query-string parameters must include 'X-Amz-SignedHeaders'. " +
      'Re-examine the query-string parameters.',
  );
});

test('names one fault after the other: pair, date, host, algorithm, elements, scope', () => {
  const steps: [authorization: string, date: string, answer: string][] = [
    [
      'AWS4-X Signature=b, Credential, SignedHeaders=c',
      '201',
      "IncompleteSignatureException: 'Credential' not a valid key=value pair (missing equal-sign) in Authorization " +
        "header: 'AWS4-X Signature=b, Credential, SignedHeaders=c'.",
    ],
    [
      'AWS4-X Signature=b, Credential=a, SignedHeaders=c',
      '201',
      "IncompleteSignatureException: Date must be in ISO-8601 'basic format'. Got '201'. " +
        'See http://en.wikipedia.org/wiki/ISO_8601',
    ],
    [
      'AWS4-X Signature=b, Credential=a, SignedHeaders=c',
      date,
      "InvalidSignatureException: 'Host' must be a 'SignedHeader' in the AWS Authorization.",
    ],
    [
      'AWS4-X Signature=b, Credential=a, SignedHeaders=Host',
      date,
      "IncompleteSignatureException: Unsupported AWS 'algorithm': 'AWS4-X' (only AWS4-HMAC-SHA256 for now). ",
    ],
    [
      'AWS4-HMAC-SHA256 Signature=b, Credential=a/b, SignedHeaders=host',
      date,
      'IncompleteSignatureException: Credential must have exactly 5 slash-delimited elements, ' +
        "e.g. keyid/date/region/service/term, got 'a/b'",
    ],
    [
      'AWS4-HMAC-SHA256 Signature=b, Credential=a/b/!/d/e, SignedHeaders=host',
      date,
      "InvalidSignatureException: Credential should be scoped to a valid region, not '!'. Credential should be scoped to " +
        "correct service: 'dynamodb'. Credential should be scoped with a valid terminator: 'aws4_request', not 'e'. ",
    ],
    [header, date, 'accepted'],
  ];
  for (const [authorization, xAmzDate, answer] of steps) {
    assert.equal(refusal({authorization, 'x-amz-date': xAmzDate}), answer);
  }
});

test('remembers scopes without growing', () => {
  for (let index = 0; index < 5_000; index++) {
    const region = `r-${index}`;
    assert.equal(ask({authorization: header.replace('eu-west-3', region), 'x-amz-date': date}).region, region);
  }
});
