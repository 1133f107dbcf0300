// The settings of a table besides its keys and indexes: class, encryption, deletion protection, maximum throughput.

import { invalidParameters } from '../errors.ts';
import type { DynamoDbState } from '../state.ts';
import type { Table } from '../storage/table.ts';
import type { Members } from '../validation/parse-parameters.ts';
import * as parameters from './parameters.ts';

export interface StreamSpecification {
  readonly StreamEnabled: boolean;
  readonly StreamViewType?: string;
}

export interface TableSettings {
  readonly DeletionProtectionEnabled?: boolean;
  readonly TableClass?: string;
  readonly SSESpecification?: { readonly Enabled?: boolean; readonly KMSMasterKeyId?: string };
  readonly OnDemandThroughput?: Readonly<Record<string, number>>;
  readonly StreamSpecification?: StreamSpecification;
}

export const settings: Members = {
  DeletionProtectionEnabled: parameters.flag,
  TableClass: parameters.oneOf('STANDARD', 'STANDARD_INFREQUENT_ACCESS'),
  SSESpecification: {
    kind: 'structure',
    java: 'SSESpecification',
    members: { Enabled: parameters.flag, SSEType: parameters.oneOf('AES256', 'KMS'), KMSMasterKeyId: parameters.text },
  },
  StreamSpecification: {
    kind: 'structure',
    java: 'StreamSpecification',
    members: {
      StreamEnabled: { kind: 'boolean', notNull: true },
      StreamViewType: parameters.oneOf('NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES', 'KEYS_ONLY'),
    },
  },
};

/** @throws {DynamoDbError} when a stream is requested: the embedded DynamoDB has no streams */
export function checkStream(stream: StreamSpecification | undefined): void {
  if (stream === undefined) return;
  if (stream.StreamEnabled) {
    throw invalidParameters('StreamSpecification: DynamoDB Streams are not available at this endpoint');
  }
  if (stream.StreamViewType !== undefined) {
    throw invalidParameters('Table is being created with a stream disabled, UpdateViewType should not be specified');
  }
}

export function applySettings(state: DynamoDbState, table: Table, requested: TableSettings): void {
  if (requested.DeletionProtectionEnabled !== undefined) table.deletionProtected = requested.DeletionProtectionEnabled;
  if (requested.OnDemandThroughput !== undefined) table.onDemandThroughput = requested.OnDemandThroughput;
  if (requested.TableClass !== undefined) table.tableClass = requested.TableClass;
  if (requested.SSESpecification !== undefined) {
    const key =
      requested.SSESpecification.KMSMasterKeyId ?? `arn:aws:kms:${state.region}:${state.accountId}:key/${table.id}`;
    table.encryption = requested.SSESpecification.Enabled
      ? { Status: 'ENABLED', SSEType: 'KMS', KMSMasterKeyArn: key }
      : undefined;
  }
}
