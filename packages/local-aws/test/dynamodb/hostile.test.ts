// Requests that only a malicious or broken client sends. The work they cause is counted, not timed.

import { beforeEach, describe, expect, test } from '@jest/globals';
import { DYNAMODB_OPERATIONS } from '../../src/dynamodb/engine.ts';
import { parseCondition } from '../../src/dynamodb/expressions/condition-parser.ts';
import { tokensOf } from '../../src/dynamodb/expressions/lexer.ts';
import { Scope } from '../../src/dynamodb/expressions/scope.ts';
import { createHashTable, createWorld, type World } from './support.ts';

let world: World;

beforeEach(() => {
  world = createWorld();
  createHashTable(world);
});

const nested = (depth: number, inside: object = { S: 'a' }) => {
  let value = inside;
  for (let i = 0; i < depth; i += 1) value = i % 2 === 0 ? { L: [value] } : { M: { a: value } };
  return value;
};

describe('nesting', () => {
  test('is limited to 32 levels in items', () => {
    const put = (depth: number) => ({ TableName: 'hash', Item: { pk: { S: 'a' }, deep: nested(depth) } });
    world.call('PutItem', put(32));
    for (const depth of [33, 3000]) {
      expect(() => world.engine.call('PutItem', put(depth))).toThrow('Nesting Levels have exceeded supported limits');
    }
  });

  // Each level has an OR and a comparison, and the innermost one a comparison more.
  test.each([
    [1, 'The conditional request failed'],
    [149, 'The conditional request failed'],
    [150, 'Invalid ConditionExpression: The expression contains too many operators; operator count: 301'],
    [290, 'Invalid ConditionExpression: The expression contains too many operators; operator count: 301'],
  ])(
    'of %i parentheses, as the expression builders of AWS SDKs write them, is limited only by the operators: %s',
    (levels, message) => {
      const ConditionExpression = `${'('.repeat(levels)}a=:v${' OR a=b)'.repeat(levels)}`;
      const error = world.errorOf('PutItem', {
        TableName: 'hash',
        Item: { pk: { S: 'x' } },
        ConditionExpression,
        ExpressionAttributeValues: { ':v': { S: 'a' } },
      });
      expect(error.message).toBe(message);
    },
  );

  test('of 300 parentheses reads each token once', () => {
    const expression = `${'(NOT '.repeat(299)}(a=:v)${')'.repeat(299)}`;
    const values = { ':v': { S: 'a' } };
    const scope = new Scope({
      ExpressionAttributeValues: { values, bytes: 3, problem: undefined, problemAttribute: undefined, largeValues: [] },
    });
    // All but the token that marks the end.
    expect(parseCondition('X', expression, scope).tokensRead).toBe(tokensOf(expression).length - 1);
  });

  test.each(['(', 'NOT ', 'a[', 'size(', 'a.', '#', ':', '"', '(((((((((('])(
    'by a long repetition of %p is refused: it is a syntax error, too deep or has too many operators',
    (part) => {
      const expression = part.repeat(4000 / part.length);
      const problem = /: (Syntax error; |The expression (is nested too deeply|contains too many operators);)/;
      const condition = world.errorOf('PutItem', {
        TableName: 'hash',
        Item: { pk: { S: 'a' } },
        ConditionExpression: expression,
      });
      expect([condition.code, condition.message]).toEqual(['ValidationException', expect.stringMatching(problem)]);
      const update = world.errorOf('UpdateItem', {
        TableName: 'hash',
        Key: { pk: { S: 'a' } },
        UpdateExpression: `SET a = ${expression}`,
      });
      expect([update.code, update.message]).toEqual(['ValidationException', expect.stringMatching(problem)]);
    },
  );
});

describe('a limit', () => {
  const put = (ConditionExpression: string, more: object = {}) =>
    world.errorOf('PutItem', { TableName: 'hash', Item: { pk: { S: 'a' } }, ConditionExpression, ...more }).message;

  test('refuses an expression over 4 KB or with more than 300 operators', () => {
    expect(put('a'.repeat(4097))).toBe(
      'Invalid ConditionExpression: Expression size has exceeded the maximum allowed size; expression size: 4097',
    );
    // 302 equalities with 301 ORs: the error reports the first operator that is too many.
    const many = Array.from({ length: 302 }, () => 'a=b').join(' OR ');
    expect(put(many)).toBe(
      'Invalid ConditionExpression: The expression contains too many operators; operator count: 301',
    );
  });

  test('keeps an error message short, which does not quote a request of 100,000 entries', () => {
    const requests = Array.from({ length: 100_000 }, () => ({}));
    expect(world.errorMessage('BatchWriteItem', { RequestItems: { hash: requests } }).length).toBeLessThan(70_000);
  });
});

describe('values of wrong types', () => {
  const MEMBERS = [
    'TableName',
    'Item',
    'Key',
    'Keys',
    'RequestItems',
    'TransactItems',
    'KeySchema',
    'AttributeDefinitions',
    'GlobalSecondaryIndexes',
    'GlobalSecondaryIndexUpdates',
    'ProvisionedThroughput',
    'Expected',
    'AttributeUpdates',
    'KeyConditions',
    'QueryFilter',
    'ScanFilter',
    'ExclusiveStartKey',
    'AttributesToGet',
    'ExpressionAttributeNames',
    'ExpressionAttributeValues',
    'ConditionExpression',
    'Limit',
    'Segment',
    'ConsistentRead',
    'ResourceArn',
    'Tags',
    'TagKeys',
    'TimeToLiveSpecification',
  ];
  const VALUES: unknown[] = [
    null,
    true,
    0,
    -1,
    1.5,
    'x',
    '',
    [],
    [null],
    [[]],
    {},
    { a: null },
    { hash: null },
    { hash: [null] },
    { hash: {} },
    { a: { S: 1 } },
    [{ Put: null }],
    JSON.parse('{"__proto__":null,"constructor":{}}'),
  ];

  test.each(DYNAMODB_OPERATIONS)(
    'are refused or ignored in these members of %s, and cause no internal error',
    (operation) => {
      for (const member of MEMBERS) {
        for (const value of VALUES) {
          const validInput = {
            TableName: 'hash',
            Key: { pk: { S: 'a' } },
            Item: { pk: { S: 'a' } },
            KeyConditionExpression: 'pk = :v',
            ExpressionAttributeValues: { ':v': { S: 'a' } },
          };
          for (const input of [{ [member]: value }, { ...validInput, [member]: value }]) {
            try {
              world.call(operation, input);
            } catch (error) {
              expect([operation, member, value, (error as Error).constructor.name]).toEqual([
                operation,
                member,
                value,
                expect.stringMatching(/^(DynamoDbError|EmptyKeyError)$/),
              ]);
            }
          }
        }
        if (world.engine.findTable('hash') === undefined) createHashTable(world);
      }
    },
  );
});
