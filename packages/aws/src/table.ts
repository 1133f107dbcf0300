// TablePort over the SDK: one call per method, tried once. It uses five operations, so that a consumer's IAM policy
// stays short.
import {
  BatchWriteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandOutput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { ItemKey } from '@movie-load/schema';
import type { DynamoDbSender } from './clients.ts';
import { JOBS_INDEX } from './definitions.ts';
import { errorName } from './errors.ts';
import type { JobsQuery, QueryRequest, SingleCallTable, TableItem, UpdateRequest } from './ports.ts';
import { sdkOptions } from './queue.ts';

interface Clients {
  readonly dynamodb: DynamoDbSender;
}

/** @example const table = openTable(createClients(settings), settings.table); */
export function openTable(clients: Clients, name: string): SingleCallTable {
  return { name, ...readMethods(clients, name), ...writeMethods(clients, name), ...batchMethods(clients, name) };
}

function readMethods({ dynamodb }: Clients, name: string): Pick<SingleCallTable, 'get' | 'query' | 'queryJobs'> {
  return {
    async get(key, options = {}) {
      const command = new GetItemCommand({
        TableName: name,
        Key: keyOf(key),
        ConsistentRead: true,
        ReturnConsumedCapacity: 'TOTAL',
      });
      return (await dynamodb.send(command, sdkOptions(options))).Item;
    },
    async query(request) {
      return pageOf(await dynamodb.send(queryCommand(name, request), sdkOptions(request)));
    },
    async queryJobs(request) {
      return pageOf(await dynamodb.send(queryJobsCommand(name, request), sdkOptions(request)));
    },
  };
}

const pageOf = ({ Items = [], LastEvaluatedKey }: QueryCommandOutput) => ({ items: Items, next: LastEvaluatedKey });

const keyOf = ({ job_id, part }: ItemKey) => ({ job_id: { S: job_id }, part: { S: part } });

function writeMethods({ dynamodb }: Clients, name: string): Pick<SingleCallTable, 'create' | 'update' | 'updateIf'> {
  return {
    async create(item, options = {}) {
      const command = new PutItemCommand({
        TableName: name,
        Item: item,
        ConditionExpression: 'attribute_not_exists(#job_id)',
        ExpressionAttributeNames: { '#job_id': 'job_id' },
        ReturnConsumedCapacity: 'INDEXES',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      try {
        await dynamodb.send(command, sdkOptions(options));
        return undefined;
      } catch (error) {
        if (errorName(error) === 'ConditionalCheckFailedException') return existingItemOf(error) ?? {};
        throw error;
      }
    },
    async update(request) {
      const command = updateCommand(name, request);
      try {
        return (await dynamodb.send(command, sdkOptions(request))).Attributes ?? {};
      } catch (error) {
        if (errorName(error) === 'ConditionalCheckFailedException') return undefined;
        throw error;
      }
    },
    async updateIf(request) {
      const command = updateCommand(name, request, { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' });
      try {
        const { Attributes = {} } = await dynamodb.send(command, sdkOptions(request));
        return { applied: true, item: Attributes };
      } catch (error) {
        if (errorName(error) === 'ConditionalCheckFailedException')
          return { applied: false, item: existingItemOf(error) };
        throw error;
      }
    },
  };
}

function batchMethods({ dynamodb }: Clients, name: string): Pick<SingleCallTable, 'putBatch' | 'deleteBatch'> {
  return {
    async putBatch(items, options = {}) {
      const command = new BatchWriteItemCommand({
        RequestItems: { [name]: items.map((Item) => ({ PutRequest: { Item } })) },
        ReturnConsumedCapacity: 'TOTAL',
      });
      const { UnprocessedItems = {} } = await dynamodb.send(command, sdkOptions(options));
      // "No unprocessed items" can arrive as {} or as { table: [] }.
      const unprocessed = Object.values(UnprocessedItems).flatMap((writes) =>
        writes.map(({ PutRequest }) => PutRequest?.Item),
      );
      const parsed = unprocessed.filter((item) => item !== undefined);
      // An entry that cannot be parsed may be any of them, so all are reported as not done.
      return parsed.length < unprocessed.length ? items : parsed;
    },
    async deleteBatch(keys, options = {}) {
      const command = new BatchWriteItemCommand({
        RequestItems: { [name]: keys.map((key) => ({ DeleteRequest: { Key: keyOf(key) } })) },
        ReturnConsumedCapacity: 'TOTAL',
      });
      const { UnprocessedItems = {} } = await dynamodb.send(command, sdkOptions(options));
      const unprocessed = Object.values(UnprocessedItems).flat();
      const parsed = unprocessed.flatMap(({ DeleteRequest }) => {
        const { job_id, part } = DeleteRequest?.Key ?? {};
        return job_id?.S === undefined || part?.S === undefined ? [] : [{ job_id: job_id.S, part: part.S }];
      });
      // An entry that cannot be parsed may be any of them, so all are reported as not done.
      return parsed.length < unprocessed.length ? keys : parsed;
    },
  };
}

function updateCommand(
  table: string,
  { key, update, condition, names, values, touchesIndex = false, returns = 'after' }: UpdateRequest,
  extra: Pick<UpdateItemCommandInput, 'ReturnValuesOnConditionCheckFailure'> = {},
): UpdateItemCommand {
  return new UpdateItemCommand({
    TableName: table,
    Key: keyOf(key),
    UpdateExpression: update,
    ...(condition === undefined ? {} : { ConditionExpression: condition }),
    ExpressionAttributeNames: { ...names },
    ExpressionAttributeValues: { ...values },
    ReturnValues: returns === 'after' ? 'ALL_NEW' : 'ALL_OLD',
    ReturnConsumedCapacity: touchesIndex ? 'INDEXES' : 'TOTAL',
    ...extra,
  });
}

/** The item that existed when a condition failed; undefined when there was none. */
const existingItemOf = (error: unknown) => (error as { readonly Item?: TableItem }).Item;

function queryCommand(
  table: string,
  { partition, between: [from, to], start, limit, attributes }: QueryRequest,
): QueryCommand {
  const projection = attributes?.map((attribute) => `#${attribute}`);
  return new QueryCommand({
    TableName: table,
    ReturnConsumedCapacity: 'TOTAL',
    KeyConditionExpression: '#job_id = :job_id AND #part BETWEEN :from AND :to',
    ExpressionAttributeNames: {
      '#job_id': 'job_id',
      '#part': 'part',
      ...Object.fromEntries(attributes?.map((attribute) => [`#${attribute}`, attribute]) ?? []),
    },
    ExpressionAttributeValues: { ':job_id': { S: partition }, ':from': { S: from }, ':to': { S: to } },
    ConsistentRead: true,
    ...(projection === undefined ? {} : { ProjectionExpression: projection.join(', ') }),
    ...(start === undefined ? {} : { ExclusiveStartKey: start }),
    ...(limit === undefined ? {} : { Limit: limit }),
  });
}

function queryJobsCommand(table: string, { limit, start }: JobsQuery): QueryCommand {
  return new QueryCommand({
    TableName: table,
    IndexName: JOBS_INDEX,
    KeyConditionExpression: '#kind = :kind',
    ExpressionAttributeNames: { '#kind': 'kind' },
    ExpressionAttributeValues: { ':kind': { S: 'job' } },
    ScanIndexForward: false,
    Limit: limit,
    ReturnConsumedCapacity: 'TOTAL',
    ...(start === undefined ? {} : { ExclusiveStartKey: start }),
  });
}
