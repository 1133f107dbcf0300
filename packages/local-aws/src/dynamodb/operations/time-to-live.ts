// Time to live of a table's items.

import { validationError } from '../errors.ts';
import { statusOf } from '../storage/describe.ts';
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
  const current = table.expirations?.attribute;
  if (current !== undefined && current !== attribute) {
    throw validationError(`TimeToLive is active on a different AttributeName: current AttributeName is ${current}`);
  }
  if (isOn === (current !== undefined)) {
    throw validationError(`TimeToLive is already ${isOn ? 'enabled' : 'disabled'}`);
  }
  table.expireBy(isOn ? attribute : undefined);
  return { TimeToLiveSpecification: { AttributeName: attribute, Enabled: isOn } };
};

const describeTimeToLive: Operation = (engine, input) => {
  const { TableName: name } = readParameters<{ TableName: string }>(input, { TableName: parameters.tableName });
  const table = tableByName(engine, name);
  const status = statusOf(table, engine.now());
  if (status === 'CREATING' || status === 'DELETING') {
    throw validationError(
      `Cannot describe time to live while table is in ${status} state: Current table state is ${status}`,
    );
  }
  const { expirations } = table;
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
