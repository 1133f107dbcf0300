// AWS's exact error messages about queries and scans, from suites that were recorded on DynamoDB.
import { describe, expect, test } from '@jest/globals';
import { createWordingWorld, PARAMETERS, pk } from './wording-support.ts';

const { hash, errorMessage, query, scan } = createWordingWorld();

describe('the error message about a query or a scan', () => {
  const valueA = { ExpressionAttributeValues: { ':v': { S: 'a' } } };
  const byKey = { KeyConditionExpression: 'pk = :v', ...valueA };

  test('explains what is wrong with a key condition', () => {
    const messageOf = (KeyConditionExpression: string) => query({ KeyConditionExpression, ...valueA });
    expect(messageOf('sk = :v')).toBe('Query condition missed key schema element: pk');
    expect(messageOf('attr1 = :v')).toBe('Query condition missed key schema element: pk');
    expect(messageOf('')).toBe('Invalid KeyConditionExpression: The expression can not be empty;');
    expect(messageOf('pk = :v OR sk = :v')).toBe('Invalid operator used in KeyConditionExpression: OR');
    expect(messageOf('pk <> :v')).toBe('Invalid operator used in KeyConditionExpression: <>');
    expect(messageOf('pk = :v AND sk.foo = :v')).toBe(
      'KeyConditionExpressions cannot have conditions on nested attributes',
    );
    expect(messageOf('pk > :v')).toBe('Query key condition not supported');
    expect(messageOf('pk = :v AND pk = :v')).toBe('KeyConditionExpressions must only contain one condition per key');
    expect(messageOf('pk = :v AND another = :v')).toBe('Query condition missed key schema element: sk');
    expect(query({})).toBe(
      'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.',
    );
    expect(query({ KeyConditionExpression: 'pk = :v', ExpressionAttributeValues: { ':v': { N: '1' } } })).toBe(
      `${PARAMETERS} Condition parameter type does not match schema type`,
    );
  });

  test('explains what is wrong with other parameters', () => {
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
    expect(query({ KeyConditionExpression: 'lsi1sk = :v', ...valueA, IndexName: 'gsi1', ConsistentRead: true })).toBe(
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
    const specific =
      'Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES';
    expect(query({ ...byKey, Select: 'SPECIFIC_ATTRIBUTES' })).toBe(`1 validation error detected: ${specific}`);
    expect(scan({ Select: 'SPECIFIC_ATTRIBUTES' })).toBe(specific);
    expect(query({ ...byKey, Select: 'ALL_PROJECTED_ATTRIBUTES' })).toContain(
      'ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName',
    );
    expect(
      query({ KeyConditionExpression: 'lsi1sk = :v', ...valueA, IndexName: 'gsi2', Select: 'ALL_ATTRIBUTES' }),
    ).toBe(
      `${PARAMETERS} Select type ALL_ATTRIBUTES is not supported for global secondary index gsi2 because its projection type is not ALL`,
    );
    expect(query({ ...byKey, ExclusiveStartKey: pk })).toBe('The provided starting key is invalid');
    expect(query({ ...byKey, ExclusiveStartKey: { pk: { S: 'b' }, sk: { S: 'a' } } })).toBe(
      'The provided starting key is outside query boundaries based on provided conditions',
    );
    const from = (sk: string, start: string, S = 'a') =>
      query({
        KeyConditionExpression: `pk = :v AND ${sk}`,
        ExpressionAttributeValues: { ':v': { S: 'a' }, ':m': { S: 'm' } },
        ExclusiveStartKey: { pk: { S }, sk: { S: start } },
      });
    const mismatch = 'The provided starting key does not match the range key predicate';
    for (const [sk, start] of [
      ['sk = :m', 'n'],
      ['sk < :m', 'm'],
      ['sk <= :m', 'n'],
      ['sk > :m', 'm'],
      ['sk >= :m', 'l'],
      ['sk BETWEEN :m AND :m', 'n'],
      ['begins_with(sk, :m)', 'n'],
    ] as const) {
      expect(from(sk, start)).toBe(mismatch);
    }
    expect(from('sk = :m', 'm', 'b')).toBe('The query can return at most one row and cannot be restarted');
    const KeyConditions = { pk: { ComparisonOperator: 'EQ', AttributeValueList: [{ S: 'a' }] } };
    const isA = { attr1: { ComparisonOperator: 'EQ', AttributeValueList: [{ S: 'a' }] } };
    const filter = { FilterExpression: 'attr1 = :v', ...valueA };
    for (const legacy of [{ ScanFilter: isA }, { ConditionalOperator: 'OR' }, { AttributesToGet: ['pk'] }]) {
      expect(scan({ ...filter, ...legacy })).toContain('Can not use both');
    }
    for (const legacy of [{ QueryFilter: isA }, { ConditionalOperator: 'OR' }, { AttributesToGet: ['pk'] }]) {
      expect(query({ ...byKey, ...legacy })).toContain('Can not use both');
    }
    expect(query({ ...byKey, KeyConditions })).toBe(
      'Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {KeyConditions} Expression parameters: {KeyConditionExpression}',
    );
    const emptyKey = (name: string) =>
      `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: ${name}`;
    const values = { ExpressionAttributeValues: { ':v': { S: 'a' }, ':e': { S: '' } } };
    expect(query({ KeyConditionExpression: 'pk = :v AND sk = :e', ...values })).toBe(emptyKey('sk'));
    expect(query({ KeyConditionExpression: 'pk = :e AND sk = :v', ...values })).toBe(emptyKey('pk'));
  });

  test('names an attribute that is requested twice', () => {
    const twice = { AttributesToGet: ['a', 'b', 'a'] };
    const message = `${PARAMETERS} Duplicate value in attribute name: a`;
    expect(scan(twice)).toBe(message);
    expect(errorMessage('GetItem', { TableName: hash, Key: pk, ...twice })).toBe(message);
    expect(errorMessage('BatchGetItem', { RequestItems: { [hash]: { Keys: [pk], ...twice } } })).toBe(message);
  });

  test('explains what is wrong with a start key', () => {
    const prefix = 'The provided starting key is invalid';
    const schema = 'The provided key element does not match the schema';
    const start = (...ExclusiveStartKey: object[]) =>
      scan({ ExclusiveStartKey: Object.assign({}, ...ExclusiveStartKey) });
    expect(start({ pk: { N: '1' } })).toBe(`${prefix}: ${schema}`);
    expect(start({ other: { S: 'a' } })).toBe(`${prefix}: ${schema}`);
    expect(start({ pk: { S: '' } })).toContain(`${prefix}: One or more parameter values are not valid`);
    expect(start(pk, { sk: { S: 'a' } })).toContain(schema);
    expect(start({ pk: { S: 'a', N: '1' } })).toContain(`${prefix}: Supplied AttributeValue has more than one`);
    expect(start({ pk: { N: 'x' } })).toBe('The parameter cannot be converted to a numeric value: x');
    const inIndex = (more: object) =>
      query({
        IndexName: 'lsi1',
        KeyConditionExpression: 'pk = :v',
        ...valueA,
        ExclusiveStartKey: { ...pk, sk: { S: 's' }, ...more },
      });
    expect(inIndex({})).toBe(prefix);
    expect(inIndex({ lsi2sk: { S: 'l' } })).toBe(prefix);
    expect(inIndex({ lsi1sk: { N: '1' } })).toBe(schema);
    expect(inIndex({ lsi1sk: { S: 'l' }, more: { S: 'x' } })).toBe(prefix);
  });

  test('explains what is wrong with segments', () => {
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
