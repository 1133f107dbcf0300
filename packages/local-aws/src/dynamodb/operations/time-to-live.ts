// Time to live of a table's items.

import { validationError } from '../errors.ts';
import { type Members, readParameters } from '../validation/shapes.ts';
import type { Operation, Operations } from './operation.ts';
import * as parameters from './parameters.ts';
import { tableByName } from './tables.ts';

const UPDATE: Members = {
  TableName: parameters.tableName,
  TimeToLiveSpecification: {
    kind: 'structure',
    java: 'TimeToLiveSpecification',
    notNull: true,
    members: {
      AttributeName: { kind: 'string', notNull: true, minLength: 1, maxLength: 255 },
      Enabled: { kind: 'boolean', notNull: true },
    },
  },
};

interface UpdateParameters {
  readonly TableName: string;
  readonly TimeToLiveSpecification: { readonly AttributeName: string; readonly Enabled: boolean };
}

const updateTimeToLive: Operation = (engine, input) => {
  const { TableName: name, TimeToLiveSpecification: specification } = readParameters<UpdateParameters>(input, UPDATE);
  const table = tableByName(engine, name);
  const { AttributeName: attribute, Enabled: isOn } = specification;
  if (isOn && table.expirations !== undefined) {
    throw validationError(
      table.expirations.attribute === attribute
        ? 'TimeToLive is already enabled'
        : `TimeToLive is active on a different AttributeName: current AttributeName is ${table.expirations.attribute}`,
    );
  }
  if (!isOn && table.expirations === undefined) throw validationError('TimeToLive is already disabled');
  table.expireBy(isOn ? attribute : undefined);
  return { TimeToLiveSpecification: { AttributeName: attribute, Enabled: isOn } };
};

const describeTimeToLive: Operation = (engine, input) => {
  const { TableName: name } = readParameters<{ TableName: string }>(input, { TableName: parameters.tableName });
  const { expirations } = tableByName(engine, name);
  return {
    TimeToLiveDescription:
      expirations === undefined
        ? { TimeToLiveStatus: 'DISABLED' }
        : { TimeToLiveStatus: 'ENABLED', AttributeName: expirations.attribute },
  };
};

export const TIME_TO_LIVE_OPERATIONS: Operations = {
  UpdateTimeToLive: updateTimeToLive,
  DescribeTimeToLive: describeTimeToLive,
};
