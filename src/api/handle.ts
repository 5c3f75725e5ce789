import {type Awaitable, whenReady} from '../base/awaitable.ts';
import type {Engine} from '../engine/engine.ts';
import {parseCredentials} from '../iam/credentials.ts';
import {checkInput} from '../model/check-shape.ts';
import {type ItemPath, parseAroundItems} from '../model/parse-around-items.ts';
import {parseBody} from '../model/parse-json.ts';
import {isReadByOlderFramework} from '../model/reword-violations.ts';
import {ServiceError, validationError} from '../model/service-error.ts';
import {StoreUnavailableError} from '../storage/store-unavailable-error.ts';
import {errorBody} from './error-answer.ts';
import {type Caller, type Operation, type Permission, RawAnswer} from './operation.ts';
import {operations as allOperations} from './registry.ts';
import {createRequestIds} from './request-id.ts';
import type {WireAnswer, WireBody, WireRequest} from './wire.ts';

export interface HandlerDeps {
  engine: Engine;
  /** Named in the health answer; requests bring their own. */
  region: string;
  /** May this caller do all of this? Throws AccessDeniedException. Without it everyone may do everything. */
  authorize?(caller: Caller, permissions: readonly Permission[]): Awaitable<void>;
  /** Told of every fault of ours, with what it was about. The caller learns only the request's id. */
  onFault(fault: unknown, about: {operation: string; requestId: string}): void;
  /** For tests. */
  // biome-ignore lint/suspicious/noExplicitAny: the registry holds operations without their types
  operations?: ReadonlyMap<string, Operation<any, any>>;
}

const targetPrefixes = {tables: 'DynamoDB_20120810.', streams: 'DynamoDBStreams_20120810.'};
const jsonTypes: ReadonlySet<string> = new Set(['application/x-amz-json-1.0', 'application/json']);

/**
 * The life of a request, in the order in which DynamoDB refuses things: method, content type, JSON, target, credentials,
 * shape, meaning, permission. (Order up to the credentials: dynalite index.js and test/connection.js, which ran against
 * DynamoDB. Neither path nor host matters.)
 */
export function createHandler(deps: HandlerDeps): (request: WireRequest) => Awaitable<WireAnswer> {
  const operations = deps.operations ?? allOperations;
  const byTarget = new Map(
    [...operations.values()].map(one => [targetPrefixes[one.service ?? 'tables'] + one.name, one]),
  );
  const nextRequestId = createRequestIds(deps.engine.random);

  return request => {
    const requestId = nextRequestId();
    if (request.header('origin') === undefined) return serve(request, requestId);
    if (request.method === 'OPTIONS') return preflight(request, requestId);
    return whenReady(serve(request, requestId), found => ({...found, headers: {...found.headers, ...anyOrigin}}));
  };

  function serve(request: WireRequest, requestId: string): Awaitable<WireAnswer> {
    // The space at the end is DynamoDB's.
    if (request.method === 'GET') return plain(200, requestId, `healthy: dynamodb.${deps.region}.amazonaws.com `);
    const sentType = mediaType(request.header('content-type'));
    const isJson = jsonTypes.has(sentType);
    if (request.method !== 'POST' || (request.body.length > 0 && !isJson)) {
      return plain(404, requestId, '<UnknownOperationException/>\n');
    }
    const contentType = isJson ? sentType : 'application/json';

    let operationName = '';
    try {
      const target = request.header('x-amz-target');
      const read = request.body.length > 0 ? readBody(request.body, byTarget.get(target ?? '')?.items) : undefined;
      const operation = operationOf(target);
      operationName = operation.name;
      const {accessKeyId, region} = parseCredentials(request);
      const caller: Caller = {accessKeyId, region, accountId: deps.engine.accountId};
      if (!read) throw new ServiceError('SerializationException', '');
      const input = inputOf(operation, request.body, read, caller);
      const result = deps.authorize
        ? whenReady(deps.authorize(caller, operation.permissions(input, deps.engine, caller)), () =>
            operation.run(deps.engine, input, caller, request),
          )
        : operation.run(deps.engine, input, caller, request);
      if (!(result instanceof Promise)) return {status: 200, contentType, requestId, body: bodyOf(result)};
      return result.then(
        found => ({status: 200, contentType, requestId, body: bodyOf(found)}),
        thrown => refuse(thrown, contentType, requestId, operationName),
      );
    } catch (thrown) {
      return refuse(thrown, contentType, requestId, operationName);
    }
  }

  // biome-ignore lint/suspicious/noExplicitAny: the registry holds operations without their types
  function operationOf(target: string | undefined): Operation<any, any> {
    const operation = target === undefined ? undefined : byTarget.get(target);
    if (!operation) throw new ServiceError('UnknownOperationException', '');
    return operation;
  }

  function refuse(thrown: unknown, contentType: string, requestId: string, operation: string): WireAnswer {
    if (thrown instanceof ServiceError) {
      return {status: thrown.status, contentType, requestId, body: [errorBody(thrown)]};
    }
    const error = faultAnswer(thrown);
    // Of a store that is away, the store itself tells, once.
    if (!(thrown instanceof StoreUnavailableError)) deps.onFault(thrown, {operation, requestId});
    return {status: error.status, contentType, requestId, body: [errorBody(error)]};
  }
}

/**
 * Both are errors after which SDKs try again. 503 promises that nothing was done; after 500 a write may be there or not
 * (developer guide, "Error handling with DynamoDB").
 */
function faultAnswer(fault: unknown): ServiceError {
  return fault instanceof StoreUnavailableError && fault.written === 'no'
    ? new ServiceError('ServiceUnavailable', 'The service is temporarily unavailable')
    : new ServiceError('InternalServerError', 'Internal server error');
}

const anyOrigin = {'Access-Control-Allow-Origin': '*'};

function plain(status: number, requestId: string, text: string): WireAnswer {
  return {status, contentType: '', requestId, body: [text]};
}

/** A body that was parsed: with `ItemText` in it, or whole. */
interface ReadBody {
  wire: object;
  isWhole: boolean;
}

function readBody(body: Buffer, items: ItemPath | undefined): ReadBody {
  const around = items && parseAroundItems(body, items);
  return around ? {wire: around, isWhole: false} : {wire: parseBody(body), isWhole: true};
}

/** What is refused is refused by what a whole body says: only that knows all that may be wrong, and what comes first. */
// biome-ignore lint/suspicious/noExplicitAny: the registry holds operations without their types
function inputOf(operation: Operation<any, any>, body: Buffer, {wire, isWhole}: ReadBody, caller: Caller): unknown {
  try {
    checkInput(operation.name, wire);
    return parseInput(operation, wire, caller);
  } catch (thrown) {
    if (isWhole || !(thrown instanceof ServiceError)) throw thrown;
    return inputOf(operation, body, {wire: parseBody(body), isWhole: true}, caller);
  }
}

/** What `parse` refuses is reported inside the operation's envelope, if it has one; the older framework knows none. */
// biome-ignore lint/suspicious/noExplicitAny: the registry holds operations without their types
function parseInput(operation: Operation<any, any>, wire: object, caller: Caller): unknown {
  if (operation.envelope === undefined) return operation.parse(wire, caller);
  try {
    return operation.parse(wire, caller);
  } catch (thrown) {
    if (thrown instanceof ServiceError && thrown.code === 'ValidationException' && !isReadByOlderFramework(wire)) {
      throw validationError(operation.envelope + thrown.message);
    }
    throw thrown;
  }
}

function bodyOf(result: object): WireBody {
  return result instanceof RawAnswer ? result.body : [JSON.stringify(result)];
}

/** `application/json;charset=…` counts as `application/json`. */
function mediaType(header: string | undefined): string {
  if (header === undefined || jsonTypes.has(header)) return header ?? '';
  return header.split(';', 1)[0]!.trim();
}

function preflight(request: WireRequest, requestId: string): WireAnswer {
  const headers: Record<string, string> = {...anyOrigin};
  const wantedHeaders = request.header('access-control-request-headers');
  if (wantedHeaders) headers['Access-Control-Allow-Headers'] = wantedHeaders;
  const wantedMethod = request.header('access-control-request-method');
  if (wantedMethod) headers['Access-Control-Allow-Methods'] = wantedMethod;
  headers['Access-Control-Max-Age'] = '172800';
  return {status: 200, contentType: '', requestId, body: [], headers};
}
