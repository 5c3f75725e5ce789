/**
 * The bytes of one HTTP/1.1 request as the AWS SDK for JavaScript v3 frames it: the same headers in the same sizes, so
 * that a server pays for what real callers send. The signature is well formed but not computed: no server here checks.
 */
export function wireRequest(operation: string, body: object | string): Buffer {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return Buffer.from(
    `POST / HTTP/1.1\r\nhost: 127.0.0.1:8000\r\ncontent-type: application/x-amz-json-1.0\r\n` +
      `x-amz-target: ${targetOf(operation)}\r\ncontent-length: ${Buffer.byteLength(text)}\r\n${constantHeaders}\r\n${text}`,
  );
}

const ofStreams: ReadonlySet<string> = new Set(['DescribeStream', 'GetShardIterator', 'GetRecords']);

export function targetOf(operation: string): string {
  return `${ofStreams.has(operation) ? 'DynamoDBStreams' : 'DynamoDB'}_20120810.${operation}`;
}

const amzDate = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
const signedHeaders =
  'amz-sdk-invocation-id;amz-sdk-request;content-length;content-type;host;' +
  'x-amz-content-sha256;x-amz-date;x-amz-target;x-amz-user-agent';
const hash = '0123456789abcdef'.repeat(4);
const constantHeaders = [
  'user-agent: aws-sdk-js/3.1164.0 ua/2.1 os/linux#6.1 lang/js md/nodejs#20.20.2 api/dynamodb#3.1164.0 m/E',
  'x-amz-user-agent: aws-sdk-js/3.1164.0',
  'amz-sdk-invocation-id: 6e1a1f5e-6d5c-4b7a-9d57-3c8f0a1b2c3d',
  'amz-sdk-request: attempt=1; max=3',
  `x-amz-date: ${amzDate}`,
  `x-amz-content-sha256: ${hash}`,
  `authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/${amzDate.slice(0, 8)}/us-east-1/dynamodb/aws4_request, ` +
    `SignedHeaders=${signedHeaders}, Signature=${hash}`,
  'connection: keep-alive',
  '',
].join('\r\n');
