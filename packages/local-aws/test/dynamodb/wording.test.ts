// What AWS says when it refuses, word by word. The sentences were recorded on AWS (us-east-1, 2026).

import { beforeAll, describe, expect, test } from '@jest/globals';
import { createHashTable, createIndexedTable, createWorld, type World } from './support.ts';

let world: World;
let hash: string;
let hashB: string;
let indexed: string;

beforeAll(() => {
  world = createWorld();
  hash = createHashTable(world);
  hashB = createHashTable(world, 'hashB', 'B');
  indexed = createIndexedTable(world);
});

const pk = { pk: { S: 'a' } };
const invalid = (operation: string, input: object) => world.invalid(operation, input);
const put = (more: object) => invalid('PutItem', { TableName: hash, Item: pk, ...more });
const update = (more: object) => invalid('UpdateItem', { TableName: hash, Key: pk, ...more });
const query = (more: object) => invalid('Query', { TableName: indexed, ...more });
const scan = (more: object) => invalid('Scan', { TableName: hash, ...more });
const table = (more: object) =>
  invalid('CreateTable', {
    TableName: 'new',
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
    ...more,
  });

const PARAMETERS = 'One or more parameter values were invalid:';
const EMPTY_KEY = (kind: string) =>
  `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${kind} value. Key: pk`;
const SCHEMA = 'The provided key element does not match the schema';

describe('names of tables', () => {
  test.each([
    [undefined, "Value null at 'tableName' failed to satisfy constraint: Member must not be null"],
    ['', "Value '' at 'tableName' failed to satisfy constraint: Member must have length greater than or equal to 1"],
    [
      'a'.repeat(256),
      `Value '${'a'.repeat(256)}' at 'tableName' failed to satisfy constraint: Member must have length less than or equal to 255`,
    ],
    [
      'bad table!@#',
      "Value 'bad table!@#' at 'tableName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
    ],
  ])('%p', (TableName, message) => {
    expect(put({ TableName })).toBe(`1 validation error detected: ${message}`);
  });

  test('several problems are told in AWS’s order', () => {
    const wrong = { ReturnValues: 'X', ReturnConsumedCapacity: 'X', ReturnItemCollectionMetrics: 'X' };
    const values =
      "Value 'X' at 'returnValues' failed to satisfy constraint: Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]";
    const capacity =
      "Value 'X' at 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]";
    const metrics =
      "Value 'X' at 'returnItemCollectionMetrics' failed to satisfy constraint: Member must satisfy enum value set: [SIZE, NONE]";
    expect(put(wrong)).toBe(`3 validation errors detected: ${values}; ${capacity}; ${metrics}`);
    expect(update({ ReturnValues: 'X', ReturnConsumedCapacity: 'X' })).toBe(
      `2 validation errors detected: ${capacity}; ${values}`,
    );
    expect(put({ TableName: '', ReturnValues: 'X' })).toBe(
      `2 validation errors detected: ${values}; Value '' at 'tableName' failed to satisfy constraint: Member must have length greater than or equal to 1`,
    );
  });

  test('a table that is not there', () => {
    for (const [operation, input] of [
      ['PutItem', { Item: pk }],
      ['GetItem', { Key: pk }],
      ['DeleteItem', { Key: pk }],
      ['UpdateItem', { Key: pk }],
      ['Scan', {}],
      ['Query', { KeyConditions: { pk: { ComparisonOperator: 'EQ', AttributeValueList: [{ S: 'a' }] } } }],
    ] as const) {
      const error = world.refusal(operation, { TableName: 'none', ...input });
      expect([error.code, error.message]).toEqual(['ResourceNotFoundException', 'Requested resource not found']);
    }
    expect(world.refusal('DescribeTable', { TableName: 'none' }).message).toBe(
      'Requested resource not found: Table: none not found',
    );
  });
});

describe('values', () => {
  const value = (bad: object) => put({ Item: { ...pk, bad } });

  test.each([
    [{ SS: [] }, `${PARAMETERS} An string set  may not be empty`],
    [{ NS: [] }, `${PARAMETERS} An number set  may not be empty`],
    [{ BS: [] }, `${PARAMETERS} Binary sets should not be empty`],
    [{ SS: ['a', 'a'] }, `${PARAMETERS} Input collection [a, a] contains duplicates.`],
    [{ NS: ['1', '1.0'] }, 'Input collection contains duplicates'],
    [{ BS: ['AQ==', 'AQ=='] }, `${PARAMETERS} Input collection [AQ==, AQ==]of type BS contains duplicates.`],
    [{ NULL: false }, `${PARAMETERS} Null attribute value types must have the value of true`],
    [{ N: 'b' }, 'The parameter cannot be converted to a numeric value: b'],
    [{}, 'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes'],
    [{ what: 'a' }, 'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes'],
    [{ S: null }, 'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes'],
    [
      { S: 'a', N: '1' },
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    ],
    [{ L: [{ M: { a: { SS: [] } } }] }, `${PARAMETERS} An string set  may not be empty`],
  ])('%j', (bad, message) => {
    expect(value(bad)).toBe(message);
  });

  test.each([
    [{ S: 1 }, 'NUMBER_VALUE cannot be converted to String'],
    [{ S: 1.5 }, 'DECIMAL_VALUE cannot be converted to String'],
    [{ S: true }, 'TRUE_VALUE cannot be converted to String'],
    [{ S: [] }, 'Unrecognized collection type class java.lang.String'],
    [{ S: {} }, 'Start of structure or map found where not expected'],
    [{ N: 1 }, 'NUMBER_VALUE cannot be converted to String'],
    [{ B: 'a' }, 'Base64 encoded length is expected a multiple of 4 bytes but found: 1'],
    [{ B: 'AB==' }, 'Invalid last non-pad Base64 character dectected'],
    [{ B: 5 }, 'only base-64-encoded strings are convertible to bytes'],
    [{ BOOL: 'maybe' }, 'Unexpected token received from parser'],
    [{ L: 'a' }, 'Unexpected field type'],
    [
      { M: [] },
      'Unrecognized collection type java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>',
    ],
    ['a', 'Unexpected value type in payload'],
    [[], 'Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue'],
  ])('%j cannot be read', (bad, message) => {
    const error = world.refusal('PutItem', { TableName: hash, Item: { ...pk, bad } });
    expect([error.code, error.message]).toEqual(['SerializationException', message]);
  });
});

describe('keys', () => {
  test('in an item', () => {
    expect(put({ Item: { a: { S: 'a' } } })).toBe(`${PARAMETERS} Missing the key pk in the item`);
    expect(put({ Item: { pk: { N: '5' } } })).toBe(`${PARAMETERS} Type mismatch for key pk expected: S actual: N`);
    expect(put({ Item: { pk: { S: '' } } })).toBe(EMPTY_KEY('string'));
    expect(put({ TableName: hashB, Item: { pk: { B: '' } } })).toBe(EMPTY_KEY('binary'));
    expect(put({ Item: { pk: { S: 'a'.repeat(2049) } } })).toBe(
      `${PARAMETERS} Size of hashkey has exceeded the maximum size limit of2048 bytes`,
    );
    expect(put({ TableName: indexed, Item: { ...pk, sk: { S: 'ü'.repeat(513) } } })).toBe(
      `${PARAMETERS} Aggregated size of all range keys has exceeded the size limit of 1024 bytes`,
    );
  });

  test.each(['GetItem', 'DeleteItem', 'UpdateItem'])('in the key of %s', (operation) => {
    const of = (TableName: string, Key: object) => invalid(operation, { TableName, Key });
    expect(of(indexed, pk)).toBe(SCHEMA);
    expect(of(hash, { pk: { N: '1' } })).toBe(SCHEMA);
    expect(of(hash, { ...pk, more: { S: 'a' } })).toBe(SCHEMA);
    expect(of(hash, { pk: { S: '' } })).toBe(EMPTY_KEY('string'));
    expect(of(hashB, { pk: { B: '' } })).toBe(EMPTY_KEY('binary'));
  });

  test('of indexes', () => {
    const item = (lsi1sk: object) => ({ ...pk, sk: { S: 'a' }, lsi1sk });
    const batch = (lsi1sk: object) =>
      invalid('BatchWriteItem', { RequestItems: { [indexed]: [{ PutRequest: { Item: item(lsi1sk) } }] } });
    const mismatch = (type: string) =>
      `${PARAMETERS} Type mismatch for Index Key lsi1sk Expected: S Actual: ${type} IndexName: gsi1`;
    expect(put({ TableName: indexed, Item: item({ N: '5' }) })).toBe(mismatch('N'));
    expect(batch({ L: [{ S: 'x' }] })).toBe(mismatch('L'));
    expect(batch({ S: '' })).toBe(
      'One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty string value. IndexName: gsi1, IndexKey: lsi1sk',
    );
    const set = (value: object) =>
      invalid('UpdateItem', {
        TableName: indexed,
        Key: { ...pk, sk: { S: 'a' } },
        UpdateExpression: 'SET lsi1sk = :v',
        ExpressionAttributeValues: { ':v': value },
      });
    expect(set({ N: '5' })).toBe(mismatch('N'));
    expect(set({ S: '' })).toBe(
      'One or more parameter values are not valid. The update expression attempted to update a secondary index key to a value that is not supported. The AttributeValue for a key attribute cannot contain an empty string value.',
    );
  });
});

describe('expressions and what was before them', () => {
  test('do not go together', () => {
    expect(put({ Expected: { pk: { Exists: false } }, ConditionExpression: 'attribute_not_exists(pk)' })).toBe(
      'Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {Expected} Expression parameters: {ConditionExpression}',
    );
    expect(
      update({
        UpdateExpression: 'SET a = :v',
        ExpressionAttributeValues: { ':v': { S: 'a' } },
        AttributeUpdates: { a: { Value: { S: 'a' } } },
      }),
    ).toBe(
      'Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {AttributeUpdates} Expression parameters: {UpdateExpression}',
    );
    const mixed = { Keys: [pk], AttributesToGet: ['pk'], ProjectionExpression: 'pk' };
    expect(invalid('BatchGetItem', { RequestItems: { [hash]: mixed } })).toBe(
      'Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {AttributesToGet} Expression parameters: {ProjectionExpression}',
    );
  });

  test('placeholders without an expression, or unused, or undefined', () => {
    expect(put({ ExpressionAttributeValues: { ':v': { S: 'a' } } })).toBe(
      'ExpressionAttributeValues can only be specified when using expressions: ConditionExpression is null',
    );
    expect(update({ ExpressionAttributeNames: { '#a': 'a' } })).toBe(
      'ExpressionAttributeNames can only be specified when using expressions',
    );
    const set = { UpdateExpression: 'SET attr1 = :v', ExpressionAttributeValues: { ':v': { S: 'a' } } };
    expect(update({ ...set, ExpressionAttributeNames: { '#unused': 'a' } })).toBe(
      'Value provided in ExpressionAttributeNames unused in expressions: keys: {#unused}',
    );
    expect(update({ ...set, ExpressionAttributeValues: { ':v': { S: 'a' }, ':unused': { S: 'a' } } })).toBe(
      'Value provided in ExpressionAttributeValues unused in expressions: keys: {:unused}',
    );
    expect(update({ UpdateExpression: 'SET attr1 = :v' })).toBe(
      'Invalid UpdateExpression: An expression attribute value used in expression is not defined; attribute value: :v',
    );
    expect(update({ ...set, ExpressionAttributeNames: { s: 'status' } })).toBe(
      'ExpressionAttributeNames contains invalid key: Syntax error; key: "s"',
    );
    expect(update({ ...set, ExpressionAttributeValues: { v: { S: 'a' } } })).toBe(
      'ExpressionAttributeValues contains invalid key: Syntax error; key: "v"',
    );
    expect(update({ ...set, ExpressionAttributeValues: { ':v': { SS: [] } } })).toBe(
      `ExpressionAttributeValues contains invalid value: ${PARAMETERS} An string set  may not be empty for key :v`,
    );
    expect(put({ ConditionExpression: '#a = #b', ExpressionAttributeNames: {} })).toBe(
      'ExpressionAttributeNames must not be empty',
    );
  });

  const condition = (ConditionExpression: string, more: object = {}) => put({ ConditionExpression, ...more });
  const values = (...list: object[]) => ({
    ExpressionAttributeValues: Object.fromEntries(list.map((value, index) => [`:${index}`, value])),
  });

  test('conditions', () => {
    const said = (expression: string, more: object = {}) => condition(expression, more);
    expect(said('((attribute_not_exists(pk)))')).toBe(
      'Invalid ConditionExpression: The expression has redundant parentheses;',
    );
    expect(said('contains(#a, #a)', { ExpressionAttributeNames: { '#a': 'data' } })).toBe(
      'Invalid ConditionExpression: The first operand must be distinct from the remaining operands for this operator or function; operator: contains, first operand: [data]',
    );
    expect(said('a.b[1] = a.b[1]')).toBe(
      'Invalid ConditionExpression: The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [a, b, [1]]',
    );
    expect(said('status = :0', values({ S: 'a' }))).toBe(
      'Invalid ConditionExpression: Attribute name is a reserved keyword; reserved keyword: status',
    );
    expect(said('foo(a)')).toBe('Invalid ConditionExpression: Invalid function name; function: foo');
    expect(said('size(a)')).toBe(
      'Invalid ConditionExpression: The function is not allowed to be used this way in an expression; function: size',
    );
    expect(said('attribute_exists(a) = :0', values({ S: 'a' }))).toBe(
      'Invalid ConditionExpression: The function is not allowed to be used this way in an expression; function: attribute_exists',
    );
    expect(said('attribute_exists(a, b)')).toBe(
      'Invalid ConditionExpression: Incorrect number of operands for operator or function; operator or function: attribute_exists, number of operands: 2',
    );
    expect(said('attribute_exists(:0)', values({ S: 'a' }))).toBe(
      'Invalid ConditionExpression: Operator or function requires a document path; operator or function: attribute_exists',
    );
    expect(said('begins_with(a, :0)', values({ N: '1' }))).toBe(
      'Invalid ConditionExpression: Incorrect operand type for operator or function; operator or function: begins_with, operand type: N',
    );
    expect(said('attribute_type(a, :0)', values({ S: 'X' }))).toBe(
      'Invalid ConditionExpression: Invalid attribute type name found; type: X, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}',
    );
    expect(said('a BETWEEN :0 AND :1', values({ N: '2' }, { N: '1' }))).toBe(
      'Invalid ConditionExpression: The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:1}',
    );
    expect(said('')).toBe('Invalid ConditionExpression: The expression can not be empty;');
  });

  test('updates', () => {
    const said = (UpdateExpression: string, more: object = {}) => update({ UpdateExpression, ...more });
    expect(said('INVALID SYNTAX HERE', values({ S: 'a' }))).toBe(
      'Invalid UpdateExpression: Syntax error; token: "INVALID", near: "INVALID SYNTAX"',
    );
    expect(said('')).toBe('Invalid UpdateExpression: The expression can not be empty;');
    expect(said('SET pk = :0', values({ S: 'a' }))).toBe(
      `${PARAMETERS} Cannot update attribute pk. This attribute is part of the key`,
    );
    expect(said('SET a = :0 SET b = :0', values({ S: 'a' }))).toBe(
      'Invalid UpdateExpression: The "SET" section can only be used once in an update expression;',
    );
    expect(said('SET a = :0, a.b = :0', values({ S: 'a' }))).toBe(
      'Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a, b]',
    );
    expect(said('SET a[1] = :0, a.b = :0', values({ S: 'a' }))).toBe(
      'Invalid UpdateExpression: Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, [1]], path two: [a, b]',
    );
    expect(said('ADD a :0', values({ S: 'a' }))).toBe(
      'Invalid UpdateExpression: Incorrect operand type for operator or function; operator: ADD, operand type: STRING',
    );
    expect(said('DELETE a :0', values({ N: '1' }))).toBe(
      'Invalid UpdateExpression: Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER',
    );
    expect(said('SET a = b + :0', values({ S: '1' }))).toBe(
      'Invalid UpdateExpression: Incorrect operand type for operator or function; operator or function: +, operand type: S',
    );
    expect(said('SET a = b')).toBe('The provided expression refers to an attribute that does not exist in the item');
    expect(said('SET a.b = :0', values({ S: 'a' }))).toBe(
      'The document path provided in the update expression is invalid for update',
    );
    expect(said('SET pk.a = :0', values({ S: 'a' }))).toBe(
      "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: pk",
    );
    expect(said('SET a[4294967294] = :0', values({ S: 'a' }))).toBe(
      'Invalid UpdateExpression: List index is not within the allowable range; index: [4294967294]',
    );
    expect(said('SET n = :0 + :1', values({ N: '9.9e125' }, { N: '9.9e125' }))).toMatch(/^Number overflow/);
  });

  test('projections', () => {
    const said = (ProjectionExpression: string, names?: object) =>
      invalid('GetItem', {
        TableName: hash,
        Key: pk,
        ProjectionExpression,
        ...(names && { ExpressionAttributeNames: names }),
      });
    const overlap = (second: string) =>
      `Invalid ProjectionExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [${second}]`;
    expect(said('!!! INVALID !!!')).toBe('Invalid ProjectionExpression: Syntax error; token: "!", near: "!!"');
    expect(said('a, a')).toBe(overlap('a'));
    expect(said('a, a.b')).toBe(overlap('a, b'));
    expect(said('#a, #b', { '#a': 'a', '#b': 'a' })).toBe(overlap('a'));
    expect(said('#none')).toBe(
      'Invalid ProjectionExpression: An expression attribute name used in the document path is not defined; attribute name: #none',
    );
  });
});

describe('queries and scans', () => {
  const one = { ExpressionAttributeValues: { ':v': { S: 'a' } } };
  const byKey = { KeyConditionExpression: 'pk = :v', ...one };

  test('key conditions', () => {
    const said = (KeyConditionExpression: string) => query({ KeyConditionExpression, ...one });
    expect(said('sk = :v')).toBe('Query condition missed key schema element: pk');
    expect(said('attr1 = :v')).toBe('Query condition missed key schema element: pk');
    expect(said('')).toBe('Invalid KeyConditionExpression: The expression can not be empty;');
    expect(said('pk = :v OR sk = :v')).toBe('Invalid operator used in KeyConditionExpression: OR');
    expect(said('pk <> :v')).toBe('Invalid operator used in KeyConditionExpression: <>');
    expect(said('pk = :v AND sk.foo = :v')).toBe('KeyConditionExpressions cannot have conditions on nested attributes');
    expect(said('pk > :v')).toBe('Query key condition not supported');
    expect(said('pk = :v AND pk = :v')).toBe('KeyConditionExpressions must only contain one condition per key');
    expect(said('pk = :v AND another = :v')).toBe('Query condition missed key schema element: sk');
    expect(query({})).toBe(
      'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.',
    );
    expect(query({ KeyConditionExpression: 'pk = :v', ExpressionAttributeValues: { ':v': { N: '1' } } })).toBe(
      `${PARAMETERS} Condition parameter type does not match schema type`,
    );
  });

  test('other parameters', () => {
    expect(query({ ...byKey, Select: 'INVALID_VALUE' })).toBe(
      "1 validation error detected: Value 'INVALID_VALUE' at 'select' failed to satisfy constraint: Member must satisfy enum value set: [SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES]",
    );
    expect(query({ ...byKey, Limit: 0 })).toBe(
      "1 validation error detected: Value at 'Limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
    );
    expect(scan({ Limit: 0 })).toBe(
      "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
    );
    expect(query({ ...byKey, IndexName: 'none' })).toBe('The table does not have the specified index: none');
    expect(scan({ IndexName: 'none' })).toBe('The table does not have the specified index: none');
    expect(query({ KeyConditionExpression: 'lsi1sk = :v', ...one, IndexName: 'gsi1', ConsistentRead: true })).toBe(
      'Consistent reads are not supported on global secondary indexes',
    );
    expect(query({ ...byKey, FilterExpression: '#missing = :v' })).toBe(
      'Invalid FilterExpression: An expression attribute name used in the document path is not defined; attribute name: #missing',
    );
    expect(query({ ...byKey, FilterExpression: 'sk = :v' })).toBe(
      'Filter Expression can only contain non-primary key attributes: Primary key attribute: sk',
    );
    expect(query({ ...byKey, Select: 'ALL_ATTRIBUTES', ProjectionExpression: 'sk' })).toBe(
      'Cannot specify the ProjectionExpression when choosing to get ALL_ATTRIBUTES',
    );
    expect(query({ ...byKey, Select: 'ALL_PROJECTED_ATTRIBUTES' })).toContain(
      'ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName',
    );
    expect(query({ KeyConditionExpression: 'lsi1sk = :v', ...one, IndexName: 'gsi2', Select: 'ALL_ATTRIBUTES' })).toBe(
      `${PARAMETERS} Select type ALL_ATTRIBUTES is not supported for global secondary index gsi2 because its projection type is not ALL`,
    );
    expect(query({ ...byKey, ExclusiveStartKey: pk })).toBe('The provided starting key is invalid');
    expect(query({ ...byKey, ExclusiveStartKey: { pk: { S: 'b' }, sk: { S: 'a' } } })).toBe(
      'The provided starting key is outside query boundaries based on provided conditions',
    );
  });

  test('segments', () => {
    expect(scan({ Segment: 0 })).toBe(
      'The TotalSegments parameter is required but was not present in the request when Segment parameter is present',
    );
    expect(scan({ TotalSegments: 4 })).toBe(
      'The Segment parameter is required but was not present in the request when parameter TotalSegments is present',
    );
    expect(scan({ Segment: 5, TotalSegments: 5 })).toBe(
      'The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 5 is not less than TotalSegments: 5',
    );
  });
});

describe('batches', () => {
  const puts = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ PutRequest: { Item: { pk: { S: `${i}` } } } }));
  const write = (RequestItems: object) => invalid('BatchWriteItem', { RequestItems });
  const get = (RequestItems: object) => invalid('BatchGetItem', { RequestItems });

  test('sizes', () => {
    expect(write({})).toBe('The requestItems parameter is required for BatchWriteItem');
    expect(get({})).toBe('The requestItems parameter is required for BatchGetItem');
    expect(write({ [hash]: puts(26) })).toMatch(
      /^1 validation error detected: Value '\{hash=\[WriteRequest\(putRequest=PutRequest\(item=\{pk=AttributeValue\(s=0, n=null, .+\]\}' at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: \[Member must have length less than or equal to 25, Member must have length greater than or equal to 1\]$/,
    );
    const Keys = Array.from({ length: 101 }, (_, i) => ({ pk: { S: `${i}` } }));
    expect(get({ [hash]: { Keys } })).toBe(
      "1 validation error detected: Value at 'RequestItems.hash.member.Keys' failed to satisfy constraint: Member must have length less than or equal to 100",
    );
    expect(write({ [hash]: puts(20), [indexed]: puts(20) })).toBe(
      'Too many items requested for the BatchWriteItem call',
    );
  });

  test('keys', () => {
    const duplicates = 'Provided list of item keys contains duplicates';
    expect(write({ [hash]: [{ PutRequest: { Item: pk } }, { DeleteRequest: { Key: pk } }] })).toBe(duplicates);
    expect(get({ [hash]: { Keys: [pk, pk] } })).toBe(duplicates);
    expect(write({ [hash]: [{ PutRequest: { Item: { pk: { N: '5' } } } }] })).toBe(SCHEMA);
    expect(write({ [hash]: [{ PutRequest: { Item: { a: { S: 'x' } } } }] })).toBe(SCHEMA);
    expect(write({ [hash]: [{ PutRequest: { Item: { pk: { S: '' } } } }] })).toBe(EMPTY_KEY('string'));
    expect(write({ [hashB]: [{ DeleteRequest: { Key: { pk: { B: '' } } } }] })).toBe(EMPTY_KEY('binary'));
    expect(get({ [hashB]: { Keys: [{ pk: { B: '' } }] } })).toBe(EMPTY_KEY('binary'));
  });

  test('a table that is not there', () => {
    expect(world.refusal('BatchWriteItem', { RequestItems: { none: puts(1) } }).code).toBe('ResourceNotFoundException');
    expect(world.refusal('BatchGetItem', { RequestItems: { none: { Keys: [pk] } } }).message).toBe(
      'Requested resource not found',
    );
  });
});

describe('tables', () => {
  const attributes = (...names: string[]) => names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' }));
  const keys = (...names: string[]) =>
    names.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? 'HASH' : 'RANGE' }));
  const all = { ProjectionType: 'ALL' };

  test('names', () => {
    expect(table({ TableName: undefined })).toBe(
      "The parameter 'TableName' is required but was not present in the request",
    );
    expect(table({ TableName: 'ab' })).toBe(
      "1 validation error detected: Value 'ab' at 'tableName' failed to satisfy constraint: Member must have length greater than or equal to 3",
    );
    expect(
      world.refusal('CreateTable', {
        TableName: hash,
        AttributeDefinitions: attributes('pk'),
        KeySchema: keys('pk'),
        BillingMode: 'PAY_PER_REQUEST',
      }).code,
    ).toBe('ResourceInUseException');
  });

  test('keys', () => {
    expect(table({ KeySchema: keys('pk', 'pk') })).toBe(
      'Invalid KeySchema: Some index key attribute have no definition',
    );
    expect(table({ AttributeDefinitions: attributes('pk', 'sk', 'extra'), KeySchema: keys('pk', 'sk', 'extra') })).toBe(
      "1 validation error detected: Value '[KeySchemaElement(attributeName=pk, keyType=HASH), KeySchemaElement(attributeName=sk, keyType=RANGE), KeySchemaElement(attributeName=extra, keyType=RANGE)]' at 'keySchema' failed to satisfy constraint: Member must have length less than or equal to 2",
    );
    expect(table({ KeySchema: [{ AttributeName: 'pk', KeyType: 'INVALID' }] })).toBe(
      "1 validation error detected: Value 'INVALID' at 'keySchema.1.member.keyType' failed to satisfy constraint: Member must satisfy enum value set: [HASH, RANGE]",
    );
    expect(table({ AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'INVALID' }] })).toBe(
      "1 validation error detected: Value 'INVALID' at 'attributeDefinitions.1.member.attributeType' failed to satisfy constraint: Member must satisfy enum value set: [B, N, S]",
    );
    expect(table({ AttributeDefinitions: attributes('pk', 'extra') })).toBe(
      `${PARAMETERS} Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions`,
    );
    expect(table({ KeySchema: [] })).toContain("at 'keySchema' failed to satisfy constraint");
  });

  test('billing', () => {
    expect(table({ BillingMode: 'PAY_PER_REQUEST' })).toBe(
      `${PARAMETERS} Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST`,
    );
    expect(table({ ProvisionedThroughput: undefined })).toBe(
      `${PARAMETERS} ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED`,
    );
    expect(table({ BillingMode: 'INVALID_MODE' })).toContain(
      "'billingMode' failed to satisfy constraint: Member must satisfy enum value set: [PROVISIONED, PAY_PER_REQUEST]",
    );
  });

  test('indexes', () => {
    const local = { IndexName: 'lsi', KeySchema: keys('pk', 'sk'), Projection: all };
    expect(table({ AttributeDefinitions: attributes('pk', 'sk'), LocalSecondaryIndexes: [local] })).toBe(
      `${PARAMETERS} Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex`,
    );
    const global = (Projection: object = all) => ({
      IndexName: 'same',
      KeySchema: keys('g'),
      Projection,
      ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
    });
    const withIndexes = (...GlobalSecondaryIndexes: object[]) =>
      table({ AttributeDefinitions: attributes('pk', 'g'), GlobalSecondaryIndexes });
    expect(withIndexes(global(), global())).toBe(`${PARAMETERS} Duplicate index name: same`);
    expect(withIndexes(global({ ProjectionType: 'INCLUDE' }))).toContain('NonKeyAttributes is not specified');
    expect(withIndexes(global({ ProjectionType: 'KEYS_ONLY', NonKeyAttributes: ['x'] }))).toBe(
      `${PARAMETERS} ProjectionType is KEYS_ONLY, but NonKeyAttributes is specified`,
    );
    expect(table({ StreamSpecification: { StreamEnabled: false, StreamViewType: 'NEW_IMAGE' } })).toContain(
      'StreamViewType',
    );
  });
});
