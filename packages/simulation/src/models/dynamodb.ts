// A model of DynamoDB: the operations that movie-load uses, on one table in memory, with eventually consistent reads
// that really are: they may show an older state.
import type {
  AttributeValue,
  BatchGetItemCommandInput,
  BatchWriteItemCommandInput,
  DeleteItemCommandInput,
  GetItemCommandInput,
  PutItemCommandInput,
  QueryCommandInput,
  UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { ConditionalCheckFailedException, ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { parseCondition } from './conditions.ts';
import { validationError } from './errors.ts';
import { project, type Scope, scopeOf } from './expression-parser.ts';
import { runQuery, type TableDefinition } from './query.ts';
import { applyUpdate } from './updates.ts';
import { checkItem, type Item, itemBytes } from './values.ts';

export interface DynamoDbOptions {
  readonly table: TableDefinition;
  readonly now: () => number;
  /** How old the state is that an eventually consistent read sees, in milliseconds. */
  readonly staleMs?: () => number;
  /** Items that a page of a query has at most; the real service cuts at 1 MB. */
  readonly pageItems?: () => number;
  /** Called after each write of one item, with the item before and after. */
  readonly onWrite?: (key: string, before: Item | undefined, after: Item | undefined) => void;
}

interface Version {
  readonly at: number;
  readonly item: Item | undefined;
}

export interface DynamoDbModel {
  /** The answer of a command, at once. Throws what the SDK would throw. */
  apply(operation: string, input: object): object;
  /** The table as it is now. */
  items(): Iterable<Item>;
  item(hash: string, range: string): Item | undefined;
}

export const itemKeyOf = (hash: string, range: string): string => `${hash}\u0000${range}`;

export function createDynamoDb({ table, now, staleMs = () => 0, pageItems, onWrite }: DynamoDbOptions): DynamoDbModel {
  const versions = new Map<string, Version[]>();

  const keyOf = (item: Item): string => {
    const [hash, range] = [item[table.hash]?.S, item[table.range]?.S];
    if (!hash || !range) throw validationError('The provided key element does not match the schema');
    return itemKeyOf(hash, range);
  };
  const current = (key: string): Item | undefined => versions.get(key)?.at(-1)?.item;
  const stateAt = (key: string, time: number): Item | undefined =>
    versions.get(key)?.findLast((version) => version.at <= time)?.item;
  const readTime = (consistent: boolean | undefined) => (consistent ? now() : now() - staleMs());
  const write = (key: string, item: Item | undefined) => {
    if (item !== undefined) checkItem(item);
    const before = current(key);
    const list = versions.get(key);
    const version = { at: now(), item };
    if (list === undefined) versions.set(key, [version]);
    else list.push(version);
    onWrite?.(key, before, item);
  };
  const checkTable = (name: string | undefined) => {
    if (name === table.name) return;
    throw new ResourceNotFoundException({
      message: 'Requested resource not found',
      $metadata: { httpStatusCode: 400 },
    });
  };

  interface Conditional {
    readonly ConditionExpression?: string | undefined;
    readonly ExpressionAttributeNames?: Record<string, string> | undefined;
    readonly ExpressionAttributeValues?: Record<string, AttributeValue> | undefined;
    readonly ReturnValuesOnConditionCheckFailure?: string | undefined;
  }
  const checkCondition = (input: Conditional, before: Item | undefined, scope: Scope) => {
    if (input.ConditionExpression === undefined || parseCondition(input.ConditionExpression)(scope)) return;
    throw new ConditionalCheckFailedException({
      message: 'The conditional request failed',
      $metadata: { httpStatusCode: 400 },
      ...(input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && before !== undefined ? { Item: before } : {}),
    });
  };

  const putItem = (input: PutItemCommandInput): object => {
    checkTable(input.TableName);
    const item = input.Item ?? {};
    const key = keyOf(item);
    const before = current(key);
    const scope = scopeOf(input, before ?? {});
    checkCondition(input, before, scope);
    if (input.ConditionExpression !== undefined) checkUsed(scope);
    write(key, item);
    return {
      ...(input.ReturnValues === 'ALL_OLD' && before !== undefined ? { Attributes: before } : {}),
      ...capacity(input, table.name, writeUnits(before, item)),
    };
  };

  const updateItem = (input: UpdateItemCommandInput): object => {
    checkTable(input.TableName);
    const key = keyOf(input.Key ?? {});
    const before = current(key);
    const scope = scopeOf(input, before ?? {});
    checkCondition(input, before, scope);
    const updated = applyUpdate(input.UpdateExpression ?? '', { ...scope, item: before ?? { ...input.Key } });
    checkUsed(scope);
    if (updated.changed.some((name) => name === table.hash || name === table.range)) {
      throw validationError('Cannot update attribute: This attribute is part of the key');
    }
    write(key, updated.item);
    const returned = returnedValues(input.ReturnValues, before, updated.item, updated.changed);
    return {
      ...(returned === undefined ? {} : { Attributes: returned }),
      ...capacity(input, table.name, writeUnits(before, updated.item)),
    };
  };

  const deleteItem = (input: DeleteItemCommandInput): object => {
    checkTable(input.TableName);
    const key = keyOf(input.Key ?? {});
    const before = current(key);
    checkCondition(input, before, scopeOf(input, before ?? {}));
    if (before !== undefined) write(key, undefined);
    return input.ReturnValues === 'ALL_OLD' && before !== undefined ? { Attributes: before } : {};
  };

  const batchWriteItem = (input: BatchWriteItemCommandInput): object => {
    const entries = Object.entries(input.RequestItems ?? {});
    for (const [name] of entries) checkTable(name);
    const requests = entries.flatMap(([, list]) => list);
    if (requests.length === 0 || requests.length > 25) {
      throw validationError('Too many items requested for the BatchWriteItem call');
    }
    const puts = requests.map(({ PutRequest, DeleteRequest }) => ({
      key: keyOf(PutRequest?.Item ?? DeleteRequest?.Key ?? {}),
      item: PutRequest?.Item,
    }));
    if (new Set(puts.map(({ key }) => key)).size < puts.length) {
      throw validationError('Provided list of item keys contains duplicates');
    }
    for (const { item } of puts) if (item !== undefined) checkItem(item);
    let units = 0;
    for (const { key, item } of puts) {
      units += writeUnits(current(key), item ?? {});
      write(key, item);
    }
    const consumed = capacity(input, table.name, units);
    return {
      UnprocessedItems: {},
      ...(consumed.ConsumedCapacity === undefined ? {} : { ConsumedCapacity: [consumed.ConsumedCapacity] }),
    };
  };

  const getItem = (input: GetItemCommandInput): object => {
    checkTable(input.TableName);
    const item = stateAt(keyOf(input.Key ?? {}), readTime(input.ConsistentRead));
    const scope = scopeOf(input, item ?? {});
    const consumed = capacity(input, table.name, input.ConsistentRead ? 1 : 0.5);
    return item === undefined ? consumed : { Item: project(item, input.ProjectionExpression, scope), ...consumed };
  };

  const batchGetItem = (input: BatchGetItemCommandInput): object => {
    const Responses: Record<string, Item[]> = {};
    for (const [name, request] of Object.entries(input.RequestItems ?? {})) {
      checkTable(name);
      const time = readTime(request.ConsistentRead);
      Responses[name] = (request.Keys ?? []).flatMap((key) => {
        const item = stateAt(keyOf(key), time);
        return item === undefined ? [] : [project(item, request.ProjectionExpression, scopeOf(request, item))];
      });
    }
    return { Responses, UnprocessedKeys: {} };
  };

  const query = (input: QueryCommandInput): object => {
    checkTable(input.TableName);
    const time = readTime(input.IndexName === undefined && input.ConsistentRead);
    const states: Item[] = [];
    for (const key of versions.keys()) {
      const item = stateAt(key, time);
      if (item !== undefined) states.push(item);
    }
    return runQuery(input, states, table, pageItems?.());
  };

  const operations: Readonly<Record<string, (input: never) => object>> = {
    PutItem: putItem,
    UpdateItem: updateItem,
    DeleteItem: deleteItem,
    BatchWriteItem: batchWriteItem,
    GetItem: getItem,
    BatchGetItem: batchGetItem,
    Query: query,
  };

  return {
    apply(operation, input) {
      const run = operations[operation];
      if (run === undefined) throw new Error(`The model of DynamoDB does not offer ${operation}.`);
      // The input belongs to the operation: both come from one SDK command.
      return run(input as never);
    },
    *items() {
      for (const list of versions.values()) {
        const item = list.at(-1)?.item;
        if (item !== undefined) yield item;
      }
    },
    item: (hash, range) => current(itemKeyOf(hash, range)),
  };
}

function checkUsed({ names, values, used }: Scope): void {
  const unused = [...Object.keys(names), ...Object.keys(values)].filter((key) => !used.has(key));
  if (unused.length > 0) {
    throw validationError(`Value provided in ExpressionAttribute… unused in expressions: keys: {${unused.join(', ')}}`);
  }
}

function returnedValues(kind: string | undefined, before: Item | undefined, after: Item, changed: readonly string[]) {
  const only = (item: Item) => Object.fromEntries(Object.entries(item).filter(([name]) => changed.includes(name)));
  if (kind === 'ALL_NEW') return after;
  if (kind === 'UPDATED_NEW') return only(after);
  if (kind === 'ALL_OLD') return before;
  return kind === 'UPDATED_OLD' && before !== undefined ? only(before) : undefined;
}

const writeUnits = (before: Item | undefined, after: Item) =>
  Math.max(1, Math.ceil(Math.max(itemBytes(before ?? {}), itemBytes(after)) / 1024));

function capacity(input: { readonly ReturnConsumedCapacity?: string | undefined }, table: string, units: number) {
  if (input.ReturnConsumedCapacity === undefined || input.ReturnConsumedCapacity === 'NONE') return {};
  return { ConsumedCapacity: { TableName: table, CapacityUnits: units } };
}
