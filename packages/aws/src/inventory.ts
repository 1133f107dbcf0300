// Lists of all tables, buckets and objects, for pages and commands that show what exists.
import { DescribeTableCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ListBucketsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { DynamoDbSender, S3Sender } from './clients.ts';
import type { CallOptions } from './ports.ts';
import { sdkOptions } from './queue.ts';
import { resilientClient, toolPolicy } from './tool-policy.ts';

export interface TableFacts {
  readonly name: string;
  readonly status: string;
  /** DynamoDB's own count, which may be old: AWS updates it every six hours, emulators at once or never. */
  readonly items: number;
  readonly bytes: number;
  /** Names of the global secondary indexes. */
  readonly indexes: readonly string[];
}

export async function listTables(client: DynamoDbSender, options: CallOptions = {}): Promise<TableFacts[]> {
  const dynamodb = resilientClient(client, toolPolicy());
  const tables: TableFacts[] = [];
  let startName: string | undefined;
  do {
    const page = await dynamodb.send(
      new ListTablesCommand({ ExclusiveStartTableName: startName }),
      sdkOptions(options),
    );
    for (const name of page.TableNames ?? []) {
      const { Table = {} } = await dynamodb.send(new DescribeTableCommand({ TableName: name }), sdkOptions(options));
      tables.push({
        name,
        status: Table.TableStatus ?? 'UNKNOWN',
        items: Table.ItemCount ?? 0,
        bytes: Table.TableSizeBytes ?? 0,
        indexes: (Table.GlobalSecondaryIndexes ?? []).flatMap(({ IndexName }) => IndexName ?? []),
      });
    }
    startName = page.LastEvaluatedTableName;
  } while (startName !== undefined);
  return tables;
}

export interface ObjectFacts {
  readonly key: string;
  readonly bytes: number;
  /** ISO instant. */
  readonly modified_on: string | null;
}

/** Names of all buckets of the account. */
export async function listBuckets(s3: S3Sender, options: CallOptions = {}): Promise<string[]> {
  const { Buckets = [] } = await resilientClient(s3, toolPolicy()).send(
    new ListBucketsCommand({}),
    sdkOptions(options),
  );
  return Buckets.flatMap(({ Name }) => Name ?? []);
}

/** All objects of a bucket in the order of their keys; each page is requested when the caller gets to it. */
export async function* listObjects(
  client: S3Sender,
  bucket: string,
  options: CallOptions = {},
): AsyncGenerator<ObjectFacts> {
  const s3 = resilientClient(client, toolPolicy());
  let token: string | undefined;
  do {
    const page = await s3.send(
      new ListObjectsV2Command({ Bucket: bucket, ContinuationToken: token }),
      sdkOptions(options),
    );
    for (const { Key, Size = 0, LastModified } of page.Contents ?? []) {
      if (Key !== undefined) yield { key: Key, bytes: Size, modified_on: LastModified?.toISOString() ?? null };
    }
    token = page.NextContinuationToken;
  } while (token !== undefined);
}
