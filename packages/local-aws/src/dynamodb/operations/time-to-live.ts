// Operations that describe and change the time to live of a table's items.

import { validationError } from '../errors.ts';
import { statusOf } from '../storage/describe.ts';
import { type Members, parseParameters } from '../validation/parse-parameters.ts';
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

const updateTimeToLive: Operation = (state, input) => {
  const { TableName: name, TimeToLiveSpecification: specification } = parseParameters<UpdateParameters>(input, UPDATE);
  const table = tableByName(state, name);
  const { AttributeName: attribute, Enabled: isEnabled } = specification;
  const current = table.expirations?.attributeName;
  if (current !== undefined && current !== attribute) {
    throw validationError(`TimeToLive is active on a different AttributeName: current AttributeName is ${current}`);
  }
  if (isEnabled === (current !== undefined)) {
    throw validationError(`TimeToLive is already ${isEnabled ? 'enabled' : 'disabled'}`);
  }
  table.setTimeToLive(isEnabled ? attribute : undefined);
  return { TimeToLiveSpecification: { AttributeName: attribute, Enabled: isEnabled } };
};

const describeTimeToLive: Operation = (state, input) => {
  const { TableName: name } = parseParameters<{ TableName: string }>(input, { TableName: parameters.tableName });
  const table = tableByName(state, name);
  const status = statusOf(table, state.now());
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
        : { TimeToLiveStatus: 'ENABLED', AttributeName: expirations.attributeName },
  };
};

export const TIME_TO_LIVE_OPERATIONS: Operations = {
  UpdateTimeToLive: updateTimeToLive,
  DescribeTimeToLive: describeTimeToLive,
};
