// AWS's exact error messages about expressions, from suites that were recorded on DynamoDB.
import { describe, expect, test } from '@jest/globals';
import { createWordingWorld, PARAMETERS, pk } from './wording-support.ts';

const { hash, errorMessage, put, update, scan } = createWordingWorld();

describe('the error message about an expression', () => {
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
    expect(errorMessage('BatchGetItem', { RequestItems: { [hash]: mixed } })).toBe(
      'Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {AttributesToGet} Expression parameters: {ProjectionExpression}',
    );
  });

  test('names placeholders that are unused, undefined, invalid or without an expression', () => {
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
    expect(errorMessage('GetItem', { TableName: hash, Key: pk, ...names })).toBe(unused);
    expect(errorMessage('BatchGetItem', { RequestItems: { [hash]: { Keys: [pk], ...names } } })).toBe(unused);
    const get = { Get: { TableName: hash, Key: pk, ...names } };
    expect(errorMessage('TransactGetItems', { TransactItems: [get] })).toBe(unused);
    expect(errorMessage('Scan', { TableName: hash, ...names })).toBe(unused);
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
    const messageOf = (expression: string, more: object = {}) => condition(expression, more);
    expect(messageOf('((attribute_not_exists(pk)))')).toBe(
      'Invalid ConditionExpression: The expression has redundant parentheses;',
    );
    expect(messageOf('contains(#a, #a)', { ExpressionAttributeNames: { '#a': 'data' } })).toBe(
      'Invalid ConditionExpression: The first operand must be distinct from the remaining operands for this operator or function; operator: contains, first operand: [data]',
    );
    expect(messageOf('a.b[1] = a.b[1]')).toBe(
      'Invalid ConditionExpression: The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [a, b, [1]]',
    );
    expect(messageOf('status = :0', values({ S: 'a' }))).toBe(
      'Invalid ConditionExpression: Attribute name is a reserved keyword; reserved keyword: status',
    );
    expect(messageOf('foo(a)')).toBe('Invalid ConditionExpression: Invalid function name; function: foo');
    expect(messageOf('size(a)')).toBe(
      'Invalid ConditionExpression: The function is not allowed to be used this way in an expression; function: size',
    );
    expect(messageOf('attribute_exists(a) = :0', values({ S: 'a' }))).toBe(
      'Invalid ConditionExpression: The function is not allowed to be used this way in an expression; function: attribute_exists',
    );
    expect(messageOf('attribute_exists(a, b)')).toBe(
      'Invalid ConditionExpression: Incorrect number of operands for operator or function; operator or function: attribute_exists, number of operands: 2',
    );
    expect(messageOf('attribute_exists(:0)', values({ S: 'a' }))).toBe(
      'Invalid ConditionExpression: Operator or function requires a document path; operator or function: attribute_exists',
    );
    expect(messageOf('begins_with(a, :0)', values({ N: '1' }))).toBe(
      'Invalid ConditionExpression: Incorrect operand type for operator or function; operator or function: begins_with, operand type: N',
    );
    expect(messageOf('attribute_type(a, :0)', values({ S: 'X' }))).toBe(
      'Invalid ConditionExpression: Invalid attribute type name found; type: X, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}',
    );
    expect(messageOf('attribute_type(a, b)')).toBe(
      'Invalid ConditionExpression: Incorrect operand type for operator or function; operator or function: attribute_type, operand type: {NS,SS,L,BS,N,M,B,BOOL,NULL,S}',
    );
    expect(messageOf('attribute_type(a, :0)', values({ N: '1' }))).toContain(
      'function: attribute_type, operand type: N',
    );
    expect(messageOf('a BETWEEN :0 AND :1', values({ N: '2' }, { N: '1' }))).toBe(
      'Invalid ConditionExpression: The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:1}',
    );
    expect(messageOf('')).toBe('Invalid ConditionExpression: The expression can not be empty;');
  });

  test('explains what is wrong with an update', () => {
    const messageOf = (UpdateExpression: string, more: object = {}) => update({ UpdateExpression, ...more });
    expect(messageOf('INVALID SYNTAX HERE', values({ S: 'a' }))).toBe(
      'Invalid UpdateExpression: Syntax error; token: "INVALID", near: "INVALID SYNTAX"',
    );
    expect(messageOf('')).toBe('Invalid UpdateExpression: The expression can not be empty;');
    expect(messageOf('SET pk = :0', values({ S: 'a' }))).toBe(
      `${PARAMETERS} Cannot update attribute pk. This attribute is part of the key`,
    );
    expect(messageOf('SET a = :0 SET b = :0', values({ S: 'a' }))).toBe(
      'Invalid UpdateExpression: The "SET" section can only be used once in an update expression;',
    );
    expect(messageOf('SET a = :0, a.b = :0', values({ S: 'a' }))).toBe(
      'Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a, b]',
    );
    expect(messageOf('SET a[1] = :0, a.b = :0', values({ S: 'a' }))).toBe(
      'Invalid UpdateExpression: Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, [1]], path two: [a, b]',
    );
    expect(messageOf('ADD a :0', values({ S: 'a' }))).toBe(
      'Invalid UpdateExpression: Incorrect operand type for operator or function; operator: ADD, operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND',
    );
    expect(messageOf('DELETE a :0', values({ N: '1' }))).toBe(
      'Invalid UpdateExpression: Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER, typeSet: ALLOWED_FOR_DELETE_OPERAND',
    );
    expect(messageOf('SET a = b + :0', values({ S: '1' }))).toBe(
      'Invalid UpdateExpression: Incorrect operand type for operator or function; operator or function: +, operand type: S',
    );
    expect(messageOf('SET a = b')).toBe(
      'The provided expression refers to an attribute that does not exist in the item',
    );
    expect(messageOf('SET a.b = :0', values({ S: 'a' }))).toBe(
      'The document path provided in the update expression is invalid for update',
    );
    expect(messageOf('SET pk.a = :0', values({ S: 'a' }))).toBe(
      "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: pk",
    );
    expect(messageOf('SET a[4294967294] = :0', values({ S: 'a' }))).toBe(
      'Invalid UpdateExpression: List index is not within the allowable range; index: [4294967294]',
    );
    const reasonOf = (expression: string, ...operands: object[]) =>
      messageOf(expression, operands.length === 0 ? {} : values(...operands)).replace('Invalid UpdateExpression: ', '');
    expect(reasonOf('SET status = :0', { S: 'a' })).toBe(
      'Attribute name is a reserved keyword; reserved keyword: status',
    );
    expect(reasonOf('SET a = foo(b, :0)', { S: 'a' })).toBe('Invalid function name; function: foo');
    expect(reasonOf('SET a = :0')).toBe(
      'An expression attribute value used in expression is not defined; attribute value: :0',
    );
    const subject = 'operator or function:';
    for (const count of [1, 3]) {
      const operands = Array(count).fill(':0').join(', ');
      expect(reasonOf(`SET a = list_append(${operands})`, { L: [] })).toBe(
        `Incorrect number of operands for operator or function; ${subject} list_append, number of operands: ${count}`,
      );
    }
    expect(reasonOf('SET a = if_not_exists(:0, :0)', { S: 'a' })).toBe(
      `Operator or function requires a document path; ${subject} if_not_exists`,
    );
    expect(reasonOf('SET a = list_append(a, :0)', { S: 'a' })).toBe(
      `Incorrect operand type for operator or function; ${subject} list_append, operand type: S`,
    );
    expect(reasonOf('SET a = (b - :0)', { L: [] })).toBe(
      `Incorrect operand type for operator or function; ${subject} -, operand type: L`,
    );
    expect(messageOf('SET n = :0 + :1', values({ N: '9.9e125' }, { N: '9.9e125' }))).toMatch(/^Number overflow/);
  });

  test('explains what is wrong with a projection', () => {
    const messageOf = (ProjectionExpression: string, names?: object) =>
      errorMessage('GetItem', {
        TableName: hash,
        Key: pk,
        ProjectionExpression,
        ...(names && { ExpressionAttributeNames: names }),
      });
    const overlap = (second: string) =>
      `Invalid ProjectionExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [${second}]`;
    expect(messageOf('!!! INVALID !!!')).toBe('Invalid ProjectionExpression: Syntax error; token: "!", near: "!!"');
    expect(messageOf('a, a')).toBe(overlap('a'));
    expect(messageOf('a, a.b')).toBe(overlap('a, b'));
    expect(messageOf('#a, #b', { '#a': 'a', '#b': 'a' })).toBe(overlap('a'));
    const conflict = 'Two document paths conflict with each other';
    for (const paths of ['a[1].x, a.b.c', 'a.b[0].c, a.b.d.e', 'a[1][2], a[1].b.c'])
      expect(messageOf(paths)).toContain(conflict);
    expect(messageOf('a[1], a.b')).toBe(
      'Invalid ProjectionExpression: Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, [1]], path two: [a, b]',
    );
    expect(messageOf('status')).toBe(
      'Invalid ProjectionExpression: Attribute name is a reserved keyword; reserved keyword: status',
    );
    expect(messageOf('a.status')).toContain('reserved keyword: status');
    expect(messageOf('a[4294967294]')).toBe(
      'Invalid ProjectionExpression: List index is not within the allowable range; index: [4294967294]',
    );
    expect(messageOf('#none')).toBe(
      'Invalid ProjectionExpression: An expression attribute name used in the document path is not defined; attribute name: #none',
    );
  });
});
