import type {DescribeEndpointsRequest} from '../../model/shapes.generated.ts';
import {defineOperation} from '../operation.ts';

const cacheMinutes = 1440;

/** Where the service is: where the caller has just found it. A client that discovers endpoints must not end up at AWS. */
export const describeEndpointsOperation = defineOperation({
  name: 'DescribeEndpoints',
  parse: (_wire: DescribeEndpointsRequest) => ({}),
  permissions: () => [{action: 'dynamodb:DescribeEndpoints', resource: '*'}],
  run: (_engine, _input, caller, request) => ({
    Endpoints: [
      {
        Address: request?.header('host') ?? `dynamodb.${caller.region}.amazonaws.com`,
        CachePeriodInMinutes: cacheMinutes,
      },
    ],
  }),
});
