// AWS's texts for refused expressions, word by word, from suites that were recorded on DynamoDB.
import { describe, expect, test } from '@jest/globals';
import { createWordingWorld, PARAMETERS, pk } from './wording-support.ts';

const { hash, invalid, put, update, scan } = createWordingWorld();

describe('the refusal of expressions', () => {
  test('explains that expressions and legacy parameters exclude each other', () => {
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

  test('names placeholders without an expression, unused ones and undefined ones', () => {
    expect(put({ ExpressionAttributeValues: { ':v': { S: 'a' } } })).toBe(
      'ExpressionAttributeValues can only be specified when using expressions: ConditionExpression is null',
    );
    expect(update({ ExpressionAttributeNames: { '#a': 'a' } })).toBe(
      'ExpressionAttributeNames can only be specified when using expressions',
    );
    const legacy = { AttributeUpdates: { a: { Value: { S: 'a' } } } };
    expect(update({ ...legacy, ExpressionAttributeNames: { '#a': 'a' } })).toBe(
      'ExpressionAttributeNames can only be specified when using expressions',
    );
    expect(update({ ...legacy, ExpressionAttributeValues: { ':a': { S: 'a' } } })).toBe(
      'ExpressionAttributeValues can only be specified when using expressions: UpdateExpression and ConditionExpression are null',
    );
    const projected = { ProjectionExpression: 'pk', ExpressionAttributeValues: { ':a': { S: 'a' } } };
    expect(scan(projected)).toBe(
      'ExpressionAttributeValues can only be specified when using expressions: FilterExpression is null',
    );
    const set = { UpdateExpression: 'SET attr1 = :v', ExpressionAttributeValues: { ':v': { S: 'a' } } };
    expect(update({ ...set, ExpressionAttributeNames: { '#unused': 'a' } })).toBe(
      'Value provided in ExpressionAttributeNames unused in expressions: keys: {#unused}',
    );
    expect(update({ ...set, ExpressionAttributeValues: { ':v': { S: 'a' }, ':unused': { S: 'a' } } })).toBe(
      'Value provided in ExpressionAttributeValues unused in expressions: keys: {:unused}',
    );
    const names = { ProjectionExpression: 'pk', ExpressionAttributeNames: { '#unused': 'a' } };
    const unused = 'Value provided in ExpressionAttributeNames unused in expressions: keys: {#unused}';
    expect(invalid('GetItem', { TableName: hash, Key: pk, ...names })).toBe(unused);
    expect(invalid('BatchGetItem', { RequestItems: { [hash]: { Keys: [pk], ...names } } })).toBe(unused);
    const get = { Get: { TableName: hash, Key: pk, ...names } };
    expect(invalid('TransactGetItems', { TransactItems: [get] })).toBe(unused);
    expect(invalid('Scan', { TableName: hash, ...names })).toBe(unused);
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

  test('explains what is wrong with a condition', () => {
    const refusalOf = (expression: string, more: object = {}) => condition(expression, more);
    expect(refusalOf('((attribute_not_exists(pk)))')).toBe(
      'Invalid ConditionExpression: The expression has redundant parentheses;',
    );
    expect(refusalOf('contains(#a, #a)', { ExpressionAttributeNames: { '#a': 'data' } })).toBe(
      'Invalid ConditionExpression: The first operand must be distinct from the remaining operands for this operator or function; operator: contains, first operand: [data]',
    );
    expect(refusalOf('a.b[1] = a.b[1]')).toBe(
      'Invalid ConditionExpression: The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [a, b, [1]]',
    );
    expect(refusalOf('status = :0', values({ S: 'a' }))).toBe(
      'Invalid ConditionExpression: Attribute name is a reserved keyword; reserved keyword: status',
    );
    expect(refusalOf('foo(a)')).toBe('Invalid ConditionExpression: Invalid function name; function: foo');
    expect(refusalOf('size(a)')).toBe(
      'Invalid ConditionExpression: The function is not allowed to be used this way in an expression; function: size',
    );
    expect(refusalOf('attribute_exists(a) = :0', values({ S: 'a' }))).toBe(
      'Invalid ConditionExpression: The function is not allowed to be used this way in an expression; function: attribute_exists',
    );
    expect(refusalOf('attribute_exists(a, b)')).toBe(
      'Invalid ConditionExpression: Incorrect number of operands for operator or function; operator or function: attribute_exists, number of operands: 2',
    );
    expect(refusalOf('attribute_exists(:0)', values({ S: 'a' }))).toBe(
      'Invalid ConditionExpression: Operator or function requires a document path; operator or function: attribute_exists',
    );
    expect(refusalOf('begins_with(a, :0)', values({ N: '1' }))).toBe(
      'Invalid ConditionExpression: Incorrect operand type for operator or function; operator or function: begins_with, operand type: N',
    );
    expect(refusalOf('attribute_type(a, :0)', values({ S: 'X' }))).toBe(
      'Invalid ConditionExpression: Invalid attribute type name found; type: X, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}',
    );
    expect(refusalOf('attribute_type(a, b)')).toBe(
      'Invalid ConditionExpression: Incorrect operand type for operator or function; operator or function: attribute_type, operand type: {NS,SS,L,BS,N,M,B,BOOL,NULL,S}',
    );
    expect(refusalOf('attribute_type(a, :0)', values({ N: '1' }))).toContain(
      'function: attribute_type, operand type: N',
    );
    expect(refusalOf('a BETWEEN :0 AND :1', values({ N: '2' }, { N: '1' }))).toBe(
      'Invalid ConditionExpression: The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:1}',
    );
    expect(refusalOf('')).toBe('Invalid ConditionExpression: The expression can not be empty;');
  });

  test('explains what is wrong with an update', () => {
    const refusalOf = (UpdateExpression: string, more: object = {}) => update({ UpdateExpression, ...more });
    expect(refusalOf('INVALID SYNTAX HERE', values({ S: 'a' }))).toBe(
      'Invalid UpdateExpression: Syntax error; token: "INVALID", near: "INVALID SYNTAX"',
    );
    expect(refusalOf('')).toBe('Invalid UpdateExpression: The expression can not be empty;');
    expect(refusalOf('SET pk = :0', values({ S: 'a' }))).toBe(
      `${PARAMETERS} Cannot update attribute pk. This attribute is part of the key`,
    );
    expect(refusalOf('SET a = :0 SET b = :0', values({ S: 'a' }))).toBe(
      'Invalid UpdateExpression: The "SET" section can only be used once in an update expression;',
    );
    expect(refusalOf('SET a = :0, a.b = :0', values({ S: 'a' }))).toBe(
      'Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a, b]',
    );
    expect(refusalOf('SET a[1] = :0, a.b = :0', values({ S: 'a' }))).toBe(
      'Invalid UpdateExpression: Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, [1]], path two: [a, b]',
    );
    expect(refusalOf('ADD a :0', values({ S: 'a' }))).toBe(
      'Invalid UpdateExpression: Incorrect operand type for operator or function; operator: ADD, operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND',
    );
    expect(refusalOf('DELETE a :0', values({ N: '1' }))).toBe(
      'Invalid UpdateExpression: Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER, typeSet: ALLOWED_FOR_DELETE_OPERAND',
    );
    expect(refusalOf('SET a = b + :0', values({ S: '1' }))).toBe(
      'Invalid UpdateExpression: Incorrect operand type for operator or function; operator or function: +, operand type: S',
    );
    expect(refusalOf('SET a = b')).toBe(
      'The provided expression refers to an attribute that does not exist in the item',
    );
    expect(refusalOf('SET a.b = :0', values({ S: 'a' }))).toBe(
      'The document path provided in the update expression is invalid for update',
    );
    expect(refusalOf('SET pk.a = :0', values({ S: 'a' }))).toBe(
      "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: pk",
    );
    expect(refusalOf('SET a[4294967294] = :0', values({ S: 'a' }))).toBe(
      'Invalid UpdateExpression: List index is not within the allowable range; index: [4294967294]',
    );
    const refused = (expression: string, ...given: object[]) =>
      refusalOf(expression, given.length === 0 ? {} : values(...given)).replace('Invalid UpdateExpression: ', '');
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
    expect(refusalOf('SET n = :0 + :1', values({ N: '9.9e125' }, { N: '9.9e125' }))).toMatch(/^Number overflow/);
  });

  test('explains what is wrong with a projection', () => {
    const refusalOf = (ProjectionExpression: string, names?: object) =>
      invalid('GetItem', {
        TableName: hash,
        Key: pk,
        ProjectionExpression,
        ...(names && { ExpressionAttributeNames: names }),
      });
    const overlap = (second: string) =>
      `Invalid ProjectionExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [${second}]`;
    expect(refusalOf('!!! INVALID !!!')).toBe('Invalid ProjectionExpression: Syntax error; token: "!", near: "!!"');
    expect(refusalOf('a, a')).toBe(overlap('a'));
    expect(refusalOf('a, a.b')).toBe(overlap('a, b'));
    expect(refusalOf('#a, #b', { '#a': 'a', '#b': 'a' })).toBe(overlap('a'));
    const conflict = 'Two document paths conflict with each other';
    for (const paths of ['a[1].x, a.b.c', 'a.b[0].c, a.b.d.e', 'a[1][2], a[1].b.c'])
      expect(refusalOf(paths)).toContain(conflict);
    expect(refusalOf('a[1], a.b')).toBe(
      'Invalid ProjectionExpression: Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, [1]], path two: [a, b]',
    );
    expect(refusalOf('status')).toBe(
      'Invalid ProjectionExpression: Attribute name is a reserved keyword; reserved keyword: status',
    );
    expect(refusalOf('a.status')).toContain('reserved keyword: status');
    expect(refusalOf('a[4294967294]')).toBe(
      'Invalid ProjectionExpression: List index is not within the allowable range; index: [4294967294]',
    );
    expect(refusalOf('#none')).toBe(
      'Invalid ProjectionExpression: An expression attribute name used in the document path is not defined; attribute name: #none',
    );
  });
});
