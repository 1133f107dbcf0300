// AWS's exact error messages about names, values, keys, batches and tables, from suites that were recorded on DynamoDB.
import { describe, expect, test } from '@jest/globals';
import { createWordingWorld, EMPTY_KEY, PARAMETERS, pk, SCHEMA } from './wording-support.ts';

const { world, hash, hashB, indexed, errorMessage, put, update, table } = createWordingWorld();

describe('a refused request', () => {
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
  ])('gets DynamoDB’s message for the table name %p', (TableName, message) => {
    expect(put({ TableName })).toBe(`1 validation error detected: ${message}`);
  });

  test('lists several problems in AWS’s order', () => {
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

  test('is a ResourceNotFoundException for a missing table', () => {
    for (const [operation, input] of [
      ['PutItem', { Item: pk }],
      ['GetItem', { Key: pk }],
      ['DeleteItem', { Key: pk }],
      ['UpdateItem', { Key: pk }],
      ['Scan', {}],
      ['Query', { KeyConditions: { pk: { ComparisonOperator: 'EQ', AttributeValueList: [{ S: 'a' }] } } }],
    ] as const) {
      const error = world.errorOf(operation, { TableName: 'none', ...input });
      expect([error.code, error.message]).toEqual(['ResourceNotFoundException', 'Requested resource not found']);
    }
    expect(world.errorOf('DescribeTable', { TableName: 'none' }).message).toBe(
      'Requested resource not found: Table: none not found',
    );
  });
});

describe('an invalid value', () => {
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
    [{ L: [null] }, 'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes'],
    [{ M: { a: null } }, 'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes'],
    [
      { S: 'a', N: '1' },
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    ],
    [{ L: [{ M: { a: { SS: [] } } }] }, `${PARAMETERS} An string set  may not be empty`],
  ])('%j is refused with DynamoDB’s message', (bad, message) => {
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
    [{ B: 'AAF=' }, 'Invalid last non-pad Base64 character dectected'],
    [{ B: 'AA-_' }, 'Invalid last non-pad Base64 character dectected'],
    [{ BS: ['AAE=', 'AAF='] }, 'Invalid last non-pad Base64 character dectected'],
    [{ B: 5 }, 'only base-64-encoded strings are convertible to bytes'],
    [{ BOOL: 'maybe' }, 'Unexpected token received from parser'],
    [{ L: 'a' }, 'Unexpected field type'],
    [
      { M: [] },
      'Unrecognized collection type java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>',
    ],
    ['a', 'Unexpected value type in payload'],
    [[], 'Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue'],
  ])('%j is refused when it is deserialized', (bad, message) => {
    const error = world.errorOf('PutItem', { TableName: hash, Item: { ...pk, bad } });
    expect([error.code, error.message]).toEqual(['SerializationException', message]);
  });
});

describe('an invalid key', () => {
  test('is refused in an item, with DynamoDB’s message', () => {
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

  test.each(['GetItem', 'DeleteItem', 'UpdateItem'])(
    'is refused in a request of %s, with DynamoDB’s message',
    (operation) => {
      const messageOf = (TableName: string, Key: object) => errorMessage(operation, { TableName, Key });
      expect(messageOf(indexed, pk)).toBe(SCHEMA);
      expect(messageOf(hash, { pk: { N: '1' } })).toBe(SCHEMA);
      expect(messageOf(hash, { ...pk, more: { S: 'a' } })).toBe(SCHEMA);
      expect(messageOf(hash, { pk: { S: '' } })).toBe(EMPTY_KEY('string'));
      expect(messageOf(hashB, { pk: { B: '' } })).toBe(EMPTY_KEY('binary'));
    },
  );

  test('is refused for an index, with DynamoDB’s message', () => {
    const item = (lsi1sk: object) => ({ ...pk, sk: { S: 'a' }, lsi1sk });
    const batch = (lsi1sk: object) =>
      errorMessage('BatchWriteItem', { RequestItems: { [indexed]: [{ PutRequest: { Item: item(lsi1sk) } }] } });
    const mismatch = (type: string) =>
      `${PARAMETERS} Type mismatch for Index Key lsi1sk Expected: S Actual: ${type} IndexName: gsi1`;
    expect(put({ TableName: indexed, Item: item({ N: '5' }) })).toBe(mismatch('N'));
    expect(batch({ L: [{ S: 'x' }] })).toBe(mismatch('L'));
    expect(batch({ S: '' })).toBe(
      'One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty string value. IndexName: gsi1, IndexKey: lsi1sk',
    );
    const set = (value: object, UpdateExpression = 'SET lsi1sk = :v') =>
      errorMessage('UpdateItem', {
        TableName: indexed,
        Key: { ...pk, sk: { S: 'a' } },
        UpdateExpression,
        ExpressionAttributeValues: { ':v': value },
      });
    expect(set({ N: '5' })).toBe(mismatch('N'));
    expect(set({ N: '5' }, 'ADD lsi1sk :v')).toBe(mismatch('N'));
    expect(set({ N: '5' }, 'SET lsi1sk = if_not_exists(lsi1sk, :v)')).toBe(
      'The update expression attempted to update the secondary index key to unsupported type',
    );
    expect(set({ S: '' })).toBe(
      'One or more parameter values are not valid. The update expression attempted to update a secondary index key to a value that is not supported. The AttributeValue for a key attribute cannot contain an empty string value.',
    );
  });
});

describe('a batch', () => {
  const puts = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ PutRequest: { Item: { pk: { S: `${i}` } } } }));
  const write = (RequestItems: object) => errorMessage('BatchWriteItem', { RequestItems });
  const get = (RequestItems: object) => errorMessage('BatchGetItem', { RequestItems });

  test('is refused for its number of requests with DynamoDB’s message', () => {
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

  test('is refused for its keys with DynamoDB’s message', () => {
    const duplicates = 'Provided list of item keys contains duplicates';
    expect(write({ [hash]: [{ PutRequest: { Item: pk } }, { DeleteRequest: { Key: pk } }] })).toBe(duplicates);
    expect(get({ [hash]: { Keys: [pk, pk] } })).toBe(duplicates);
    expect(write({ [hash]: [{ PutRequest: { Item: { pk: { N: '5' } } } }] })).toBe(SCHEMA);
    expect(write({ [hash]: [{ PutRequest: { Item: { a: { S: 'x' } } } }] })).toBe(SCHEMA);
    expect(write({ [hash]: [{ PutRequest: { Item: { pk: { S: '' } } } }] })).toBe(EMPTY_KEY('string'));
    expect(write({ [hashB]: [{ DeleteRequest: { Key: { pk: { B: '' } } } }] })).toBe(EMPTY_KEY('binary'));
    expect(get({ [hashB]: { Keys: [{ pk: { B: '' } }] } })).toBe(EMPTY_KEY('binary'));
  });

  test('is refused for a missing table', () => {
    expect(world.errorOf('BatchWriteItem', { RequestItems: { none: puts(1) } }).code).toBe('ResourceNotFoundException');
    expect(world.errorOf('BatchGetItem', { RequestItems: { none: { Keys: [pk] } } }).message).toBe(
      'Requested resource not found',
    );
  });
});

describe('CreateTable', () => {
  const attributes = (...names: string[]) => names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' }));
  const keys = (...names: string[]) =>
    names.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? 'HASH' : 'RANGE' }));
  const all = { ProjectionType: 'ALL' };

  test('refuses a missing, a short and a taken name', () => {
    expect(table({ TableName: undefined })).toBe(
      "The parameter 'TableName' is required but was not present in the request",
    );
    expect(table({ TableName: 'ab' })).toBe(
      "1 validation error detected: Value 'ab' at 'tableName' failed to satisfy constraint: Member must have length greater than or equal to 3",
    );
    expect(
      world.errorOf('CreateTable', {
        TableName: hash,
        AttributeDefinitions: attributes('pk'),
        KeySchema: keys('pk'),
        BillingMode: 'PAY_PER_REQUEST',
      }).code,
    ).toBe('ResourceInUseException');
  });

  test('refuses an invalid key schema with DynamoDB’s message', () => {
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

  test('refuses invalid billing with DynamoDB’s message', () => {
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

  test('refuses an invalid index, and a stream view without a stream, with DynamoDB’s message', () => {
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
    expect(table({ StreamSpecification: { StreamEnabled: false, StreamViewType: 'NEW_IMAGE' } })).toBe(
      `${PARAMETERS} Table is being created with a stream disabled, UpdateViewType should not be specified`,
    );
  });
});
