import {dynalite} from './dynalite.ts';
import {dynamodbLocal} from './dynamodb-local.ts';
import {dynoxideFile, dynoxideMemory} from './dynoxide.ts';
import {floor} from './floor.ts';
import type {BenchServer} from './server.ts';
import {statorDurable, statorMemory} from './stator.ts';

export const allServers: readonly BenchServer[] = [
  statorMemory,
  statorDurable,
  dynoxideMemory,
  dynoxideFile,
  dynalite,
  dynamodbLocal,
  floor,
];
