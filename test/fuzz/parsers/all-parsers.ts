import {arn} from './arn.ts';
import {credentials} from './credentials.ts';
import {condition, keyCondition, projection, update} from './expressions.ts';
import {httpHead} from './http-head.ts';
import {httpLane} from './http-lane.ts';
import {item} from './item.ts';
import {json} from './json.ts';
import {key} from './key.ts';
import {legacy} from './legacy.ts';
import {number} from './number.ts';
import type {ParserFuzz} from './parser-fuzz.ts';
import {partiql} from './partiql.ts';
import {request} from './request.ts';
import {storedBytes} from './stored-bytes.ts';
import {token} from './token.ts';

/** All that reads what callers wrote, the most exposed first. */
export const parsers: readonly ParserFuzz<unknown>[] = [
  httpHead,
  httpLane,
  credentials,
  json,
  request,
  item,
  condition,
  update,
  projection,
  keyCondition,
  partiql,
  legacy,
  number,
  key,
  token,
  arn,
  storedBytes,
];
