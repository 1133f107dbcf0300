// Describes the account's limits, the endpoints and backups.

import { DynamoDbError } from '../errors.ts';
import { parseParameters } from '../validation/parse-parameters.ts';
import type { Operation, Operations } from './operation.ts';
import * as parameters from './parameters.ts';

/** The defaults of a new account. */
const describeLimits: Operation = () => ({
  AccountMaxReadCapacityUnits: 80_000,
  AccountMaxWriteCapacityUnits: 80_000,
  TableMaxReadCapacityUnits: 40_000,
  TableMaxWriteCapacityUnits: 40_000,
});

const describeEndpoints: Operation = (state) => ({
  Endpoints: [{ Address: `dynamodb.${state.region}.amazonaws.com`, CachePeriodInMinutes: 1440 }],
});

/** The embedded DynamoDB has no backups; AWS reports this status for a table without point-in-time recovery. */
const describeContinuousBackups: Operation = (state, input) => {
  const { TableName: name } = parseParameters<{ TableName: string }>(input, { TableName: parameters.tableName });
  if (state.findTable(name) === undefined) {
    throw new DynamoDbError('TableNotFoundException', `Table not found: ${name}`);
  }
  return {
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: 'ENABLED',
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'DISABLED' },
    },
  };
};

export const LIMIT_OPERATIONS: Operations = {
  DescribeLimits: describeLimits,
  DescribeEndpoints: describeEndpoints,
  DescribeContinuousBackups: describeContinuousBackups,
};
