// What AWS says when it refuses expressions, queries and scans, word by word, as suites that were recorded on DynamoDB have it.
import { describe, expect, test } from '@jest/globals';
import { createWordingWorld, PARAMETERS, pk } from './wording-support.ts';

const { hash, invalid, put, update, query, scan } = createWordingWorld();

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
      'Invalid UpdateExpression: Incorrect operand type for operator or function; operator: ADD, operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND',
    );
    expect(said('DELETE a :0', values({ N: '1' }))).toBe(
      'Invalid UpdateExpression: Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER, typeSet: ALLOWED_FOR_DELETE_OPERAND',
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
    const refused = (expression: string, ...given: object[]) =>
      said(expression, given.length === 0 ? {} : values(...given)).replace('Invalid UpdateExpression: ', '');
    expect(refused('SET status = :0', { S: 'a' })).toBe(
      'Attribute name is a reserved keyword; reserved keyword: status',
    );
    expect(refused('SET a = foo(b, :0)', { S: 'a' })).toBe('Invalid function name; function: foo');
    expect(refused('SET a = :0')).toBe(
      'An expression attribute value used in expression is not defined; attribute value: :0',
    );
    const of = 'operator or function:';
    for (const count of [1, 3]) {
      const operands = Array(count).fill(':0').join(', ');
      expect(refused(`SET a = list_append(${operands})`, { L: [] })).toBe(
        `Incorrect number of operands for operator or function; ${of} list_append, number of operands: ${count}`,
      );
    }
    expect(refused('SET a = if_not_exists(:0, :0)', { S: 'a' })).toBe(
      `Operator or function requires a document path; ${of} if_not_exists`,
    );
    expect(refused('SET a = list_append(a, :0)', { S: 'a' })).toBe(
      `Incorrect operand type for operator or function; ${of} list_append, operand type: S`,
    );
    expect(refused('SET a = (b - :0)', { L: [] })).toBe(
      `Incorrect operand type for operator or function; ${of} -, operand type: L`,
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
    expect(said('a[1], a.b')).toBe(
      'Invalid ProjectionExpression: Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, [1]], path two: [a, b]',
    );
    expect(said('status')).toBe(
      'Invalid ProjectionExpression: Attribute name is a reserved keyword; reserved keyword: status',
    );
    expect(said('a.status')).toContain('reserved keyword: status');
    expect(said('a[4294967294]')).toBe(
      'Invalid ProjectionExpression: List index is not within the allowable range; index: [4294967294]',
    );
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
    const specific =
      'Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES';
    expect(query({ ...byKey, Select: 'SPECIFIC_ATTRIBUTES' })).toBe(`1 validation error detected: ${specific}`);
    expect(scan({ Select: 'SPECIFIC_ATTRIBUTES' })).toBe(specific);
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
    const filter = { FilterExpression: 'attr1 = :v', ...one };
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

  test('starting keys', () => {
    const frame = 'The provided starting key is invalid';
    const schema = 'The provided key element does not match the schema';
    const start = (...ExclusiveStartKey: object[]) =>
      scan({ ExclusiveStartKey: Object.assign({}, ...ExclusiveStartKey) });
    expect(start({ pk: { N: '1' } })).toBe(`${frame}: ${schema}`);
    expect(start({ other: { S: 'a' } })).toBe(`${frame}: ${schema}`);
    expect(start({ pk: { S: '' } })).toContain(`${frame}: One or more parameter values are not valid`);
    expect(start(pk, { sk: { S: 'a' } })).toContain(schema);
    expect(start({ pk: { S: 'a', N: '1' } })).toContain(`${frame}: Supplied AttributeValue has more than one`);
    expect(start({ pk: { N: 'x' } })).toBe('The parameter cannot be converted to a numeric value: x');
    const inIndex = (more: object) =>
      query({
        IndexName: 'lsi1',
        KeyConditionExpression: 'pk = :v',
        ...one,
        ExclusiveStartKey: { ...pk, sk: { S: 's' }, ...more },
      });
    expect(inIndex({})).toBe(frame);
    expect(inIndex({ lsi2sk: { S: 'l' } })).toBe(frame);
    expect(inIndex({ lsi1sk: { N: '1' } })).toBe(schema);
    expect(inIndex({ lsi1sk: { S: 'l' }, more: { S: 'x' } })).toBe(frame);
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
