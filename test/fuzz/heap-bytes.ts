import * as v8 from 'node:v8';
import * as vm from 'node:vm';

/** Bytes in use, after everything was collected that can be. */
export function heapBytes(): number {
  v8.setFlagsFromString('--expose-gc');
  const collect = vm.runInNewContext('gc') as () => void;
  collect();
  collect();
  const {heapUsed, external} = process.memoryUsage();
  return heapUsed + external;
}
