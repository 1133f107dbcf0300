// Queries, scans, indexes and pages.

import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { TOKEN_COUNT, tokenOf } from '../../src/dynamodb/storage/collection.ts';
import {
  type Answer,
  createHashTable,
  createIndexedTable,
  createSortedTable,
  createWorld,
  type Item,
  type World,
} from './support.ts';

let world: World;

beforeEach(() => {
  world = createWorld();
});

const put = (TableName: string, Item: object) => world.call('PutItem', { TableName, Item });

/** All pages of a query or a scan. */
function pages(operation: 'Query' | 'Scan', input: object): Item[][] {
  const all: Item[][] = [];
  let start: Item | undefined;
  do {
    const page: Answer = world.call(operation, { ...input, ...(start && { ExclusiveStartKey: start }) });
    all.push(page.Items ?? []);
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  return all;
}

const byKey = (TableName: string, condition = '', values: object = {}, more: object = {}) => ({
  TableName,
  KeyConditionExpression: `pk = :pk${condition}`,
  ExpressionAttributeValues: { ':pk': { S: 'p' }, ...values },
  ...more,
});

describe('a query', () => {
  const compareUtf8 = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

  test('returns a partition in UTF-8 order, in both directions, in pages', () => {
    const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 6, unit: 'binary' }), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(names, fc.integer({ min: 1, max: 10 }), fc.boolean(), (keys, Limit, ScanIndexForward) => {
        world = createWorld();
        createSortedTable(world);
        for (const S of keys) put('sortedS', { pk: { S: 'p' }, sk: { S } });
        put('sortedS', { pk: { S: 'other' }, sk: { S: 'x' } });
        const sorted = keys.toSorted(compareUtf8);
        const read = pages('Query', byKey('sortedS', '', {}, { Limit, ScanIndexForward }));
        expect(Math.max(...read.map((page) => page.length))).toBe(Math.min(Limit, keys.length));
        expect(read.flat().map((item) => item.sk?.S)).toEqual(ScanIndexForward ? sorted : sorted.toReversed());
      }),
      { numRuns: 60 },
    );
  });

  test('compares numbers in a sort key by every operator, in pages and in both directions', () => {
    createSortedTable(world, 'N');
    const numbers = ['-10', '-1.5', '-1', '0', '0.001', '2', '10', '1e10'];
    for (const N of numbers.toReversed()) put('sortedN', { pk: { S: 'p' }, sk: { N } });
    const query = (condition: string, a: string, b = a) => {
      const values = { ':a': { N: a }, ...(condition.includes(':b') && { ':b': { N: b } }) };
      // Each page continues after the last key of the previous page, also when no entry follows.
      const [all, oneByOne, reversed] = [{}, { Limit: 1 }, { Limit: 1, ScanIndexForward: false }].map((more) =>
        pages('Query', byKey('sortedN', ` AND ${condition}`, values, more))
          .flat()
          .map((item) => item.sk?.N),
      );
      expect([oneByOne, reversed?.toReversed()]).toEqual([all, all]);
      return all;
    };
    expect(query('sk = :a', '2.0')).toEqual(['2']);
    expect(query('sk < :a', '-1')).toEqual(['-10', '-1.5']);
    expect(query('sk <= :a', '-1')).toEqual(['-10', '-1.5', '-1']);
    expect(query('sk > :a', '2')).toEqual(['10', '10000000000']);
    expect(query('sk >= :a', '2')).toEqual(['2', '10', '10000000000']);
    expect(query(':a <= sk', '2')).toEqual(['2', '10', '10000000000']);
    expect(query('sk BETWEEN :a AND :b', '-1', '2')).toEqual(['-1', '0', '0.001', '2']);
  });

  test('finds texts and bytes by prefix', () => {
    createSortedTable(world);
    createSortedTable(world, 'B');
    for (const S of ['a', 'ab', 'ab\0', 'ab\uffff', 'ab😀', 'ac', 'b']) put('sortedS', { pk: { S: 'p' }, sk: { S } });
    for (const B of ['AQ==', 'AQI=', 'AQL/', 'Ag==']) put('sortedB', { pk: { S: 'p' }, sk: { B } });
    const withPrefix = (table: string, value: object, more: object = {}) =>
      pages('Query', byKey(table, ' AND begins_with(sk, :a)', { ':a': value }, more)).flat();
    const texts = ['ab', 'ab\0', 'ab\uffff', 'ab😀'];
    expect(withPrefix('sortedS', { S: 'ab' }).map((item) => item.sk?.S)).toEqual(texts);
    expect(withPrefix('sortedS', { S: 'ab' }, { ScanIndexForward: false }).map((item) => item.sk?.S)).toEqual(
      texts.toReversed(),
    );
    expect(withPrefix('sortedB', { B: 'AQI=' }).map((item) => item.sk?.B)).toEqual(['AQI=', 'AQL/']);
  });

  test('filters, counts and projects', () => {
    createSortedTable(world);
    for (let i = 0; i < 6; i += 1) {
      put('sortedS', {
        pk: { S: 'p' },
        sk: { S: `${i}` },
        n: { N: `${i}` },
        m: { M: { a: { S: 'a' }, b: { S: 'b' } } },
        l: { L: [{ S: 'x' }, { S: 'y' }, { S: 'z' }] },
      });
    }
    const filter = { FilterExpression: 'n > :n', ProjectionExpression: 'm.b, l[2], l[0], sk' };
    const answer = world.call('Query', byKey('sortedS', '', { ':n': { N: '3' } }, filter));
    expect(answer).toMatchObject({ Count: 2, ScannedCount: 6 });
    expect(answer.Items?.[0]).toEqual({
      sk: { S: '4' },
      m: { M: { b: { S: 'b' } } },
      l: { L: [{ S: 'x' }, { S: 'z' }] },
    });
    const count = world.call('Query', byKey('sortedS', '', {}, { Select: 'COUNT' }));
    expect(count).toEqual({ Count: 6, ScannedCount: 6 });
  });

  test('ends a page after a megabyte, and returns the key to continue from', () => {
    createSortedTable(world);
    for (let i = 0; i < 20; i += 1) {
      put('sortedS', { pk: { S: 'p' }, sk: { S: `${i}`.padStart(3, '0') }, payload: { S: 'x'.repeat(60_000) } });
    }
    const read = pages('Query', byKey('sortedS'));
    expect(read.map((page) => page.length)).toEqual([18, 2]);
  });

  test('supports the legacy parameters KeyConditions and QueryFilter', () => {
    createSortedTable(world);
    for (const S of ['alpha', 'beta', 'delta', 'epsilon'])
      put('sortedS', { pk: { S: 'p' }, sk: { S }, tag: { SS: [S] }, flag: { BOOL: S === 'beta' } });
    const query = (sk: object | undefined, QueryFilter?: object) =>
      world
        .call('Query', {
          TableName: 'sortedS',
          KeyConditions: { pk: { ComparisonOperator: 'EQ', AttributeValueList: [{ S: 'p' }] }, ...(sk && { sk }) },
          ...(QueryFilter && { QueryFilter }),
        })
        .Items?.map((item) => item.sk?.S);
    const is = (ComparisonOperator: string, ...values: string[]) => ({
      ComparisonOperator,
      AttributeValueList: values.map((S) => ({ S })),
    });
    expect(query(is('BEGINS_WITH', 'al'))).toEqual(['alpha']);
    expect(query(is('BETWEEN', 'beta', 'delta'))).toEqual(['beta', 'delta']);
    expect(query(is('GT', 'delta'))).toEqual(['epsilon']);
    expect(query(undefined, { tag: is('CONTAINS', 'beta') })).toEqual(['beta']);
    expect(query(undefined, { flag: { ComparisonOperator: 'EQ', AttributeValueList: [{ BOOL: true }] } })).toEqual([
      'beta',
    ]);
    expect(query(undefined, { none: { ComparisonOperator: 'NULL' } })).toHaveLength(4);
    expect(() => query(is('CONTAINS', 'a'))).toThrow('Attempted conditional constraint is not an indexable operation');
  });
});

describe('a scan', () => {
  /** The keys that all pages of a scan return. */
  const scan = (input: object) =>
    pages('Scan', { TableName: 'hash', ...input })
      .flat()
      .map((item) => item.pk?.S);

  test('returns each item once, in pages, in segments of similar sizes, and in an order of its own', () => {
    createHashTable(world);
    const names = Array.from({ length: 500 }, (_, i) => `item ${i}`);
    for (const S of names) put('hash', { pk: { S } });
    expect(scan({ Limit: 7 }).sort()).toEqual(names.toSorted());
    const TotalSegments = 7;
    const segments = Array.from({ length: TotalSegments }, (_, Segment) => scan({ Segment, TotalSegments, Limit: 10 }));
    expect(segments.flat().sort()).toEqual(names.toSorted());
    expect(segments.every((segment) => segment.length > 30)).toBe(true);
    expect(scan({})).toEqual(scan({ Limit: 7 }));
    expect([names, names.toSorted()]).not.toContainEqual(scan({}));
  });

  test('returns both of two keys whose hashes collide', () => {
    createHashTable(world);
    const nameByToken = new Map<number, string>();
    let pair: string[] = [];
    for (let i = 0; pair.length === 0; i += 1) {
      const token = tokenOf(String(i));
      const other = nameByToken.get(token);
      if (other !== undefined) pair = [other, String(i)];
      nameByToken.set(token, String(i));
    }
    for (const S of pair) put('hash', { pk: { S } });
    expect(scan({ Limit: 1 }).toSorted()).toEqual(pair.toSorted());
    world.call('DeleteItem', { TableName: 'hash', Key: { pk: { S: pair[0] } } });
    expect(scan({ Limit: 1 })).toEqual(pair.slice(1));
  });

  test('of a segment returns exactly the items with tokens from its first one to the one before the next segment', () => {
    createHashTable(world);
    const TotalSegments = 1_000_000;
    const segmentAt = (S: string) => Math.floor((tokenOf(S) * TotalSegments) / TOKEN_COUNT);
    const firstTokenOf = (Segment: number) => Math.ceil((Segment * TOKEN_COUNT) / TotalSegments);
    const names = Array.from({ length: 50_000 }, (_, index) => String(index));
    const first = names.find((name) => segmentAt(name) > 0 && firstTokenOf(segmentAt(name)) === tokenOf(name)) ?? '';
    const last = names.find((name) => firstTokenOf(segmentAt(name) + 1) - 1 === tokenOf(name)) ?? '';
    for (const S of [first, last]) put('hash', { pk: { S } });
    const [Segment, ending] = [segmentAt(first), segmentAt(last)];
    const segment = (at: number) => ({ TableName: 'hash', Segment: at, TotalSegments });
    const counts = [Segment - 1, Segment, ending, ending + 1].map((at) => world.call('Scan', segment(at)).Count);
    expect(counts).toEqual([0, 1, 1, 0]);
    const started = (at: number, S = first) => ({ ...segment(at), ExclusiveStartKey: { pk: { S } } });
    expect([started(Segment), started(ending, last)].map((call) => world.call('Scan', call).Count)).toEqual([0, 0]);
    expect(world.errorMessage('Scan', started(Segment - 1))).toContain('ExclusiveStartKey with correct Segment');
  });

  test('refuses a start key of another segment', () => {
    createHashTable(world);
    for (let i = 0; i < 50; i += 1) put('hash', { pk: { S: `${i}` } });
    const { LastEvaluatedKey } = world.call('Scan', { TableName: 'hash', Segment: 0, TotalSegments: 2, Limit: 1 });
    expect(
      world.errorMessage('Scan', {
        TableName: 'hash',
        Segment: 1,
        TotalSegments: 2,
        ExclusiveStartKey: LastEvaluatedKey,
      }),
    ).toContain('Please use ExclusiveStartKey with correct Segment. TotalSegments: 2 Segment: 1');
  });
});

describe('an index', () => {
  const item = (sk: string, more: object) => ({ pk: { S: 'p' }, sk: { S: sk }, ...more });

  beforeEach(() => {
    createIndexedTable(world);
    put('indexed', item('a', { lsi1sk: { S: 'h' }, lsi2sk: { S: '2' }, data: { S: 'd' }, extra: { S: 'e' } }));
    put('indexed', item('b', { lsi1sk: { S: 'h' }, lsi2sk: { S: '1' }, data: { S: 'd' }, extra: { S: 'e' } }));
    put('indexed', item('c', { data: { S: 'sparse' } }));
  });

  const queryIndex = (IndexName: string, more: object = {}) =>
    world.call('Query', {
      TableName: 'indexed',
      IndexName,
      KeyConditionExpression: IndexName.startsWith('gsi') ? 'lsi1sk = :k' : 'pk = :k',
      ExpressionAttributeValues: { ':k': { S: IndexName.startsWith('gsi') ? 'h' : 'p' } },
      ...more,
    });

  test('contains the items that have its keys, with the projected attributes', () => {
    expect(queryIndex('gsi1').Items).toMatchObject(['a', 'b'].map((S) => ({ sk: { S }, extra: { S: 'e' } })));
    expect(queryIndex('gsi2').Items).toEqual([
      { pk: { S: 'p' }, sk: { S: 'b' }, lsi1sk: { S: 'h' }, lsi2sk: { S: '1' }, data: { S: 'd' } },
      { pk: { S: 'p' }, sk: { S: 'a' }, lsi1sk: { S: 'h' }, lsi2sk: { S: '2' }, data: { S: 'd' } },
    ]);
    expect(queryIndex('lsi2').Items?.map(Object.keys)[0]?.sort()).toEqual(['lsi1sk', 'lsi2sk', 'pk', 'sk']);
  });

  test('fetches missing attributes from the table if it is local, and refuses to if it is global', () => {
    expect(queryIndex('lsi2', { Select: 'ALL_ATTRIBUTES' }).Items?.[0]).toHaveProperty('extra');
    expect(queryIndex('lsi2', { ProjectionExpression: 'extra' }).Items?.[0]).toEqual({ extra: { S: 'e' } });
    expect(() => queryIndex('gsi2', { ProjectionExpression: 'extra' })).toThrow(
      'Global secondary index gsi2 does not project [extra]',
    );
  });

  test('is updated when items are updated or deleted', () => {
    const update = (sk: string, UpdateExpression: string, value?: object) =>
      world.call('UpdateItem', {
        TableName: 'indexed',
        Key: { pk: { S: 'p' }, sk: { S: sk } },
        UpdateExpression,
        ...(value && { ExpressionAttributeValues: { ':v': value } }),
      });
    update('a', 'SET lsi1sk = :v', { S: 'elsewhere' });
    update('c', 'SET lsi1sk = :v, lsi2sk = :v', { S: 'h' });
    expect(queryIndex('gsi2').Items?.map(({ sk }) => sk?.S)).toEqual(['b', 'c']);
    update('b', 'REMOVE lsi1sk');
    world.call('DeleteItem', { TableName: 'indexed', Key: { pk: { S: 'p' }, sk: { S: 'c' } } });
    expect(queryIndex('gsi1').Items).toEqual([]);
  });

  test('returns each of many items with equal keys once, in pages', () => {
    for (let i = 0; i < 30; i += 1) put('indexed', item(`x${i}`, { lsi1sk: { S: 'many' }, lsi2sk: { S: 'same' } }));
    const many = { KeyConditionExpression: 'lsi1sk = :k', ExpressionAttributeValues: { ':k': { S: 'many' } } };
    for (const ScanIndexForward of [true, false]) {
      const page = { TableName: 'indexed', IndexName: 'gsi1', Limit: 7, ScanIndexForward };
      const items = pages('Query', { ...page, ...many }).flat();
      expect(new Set(items.map(({ sk }) => sk?.S)).size).toBe(30);
      expect(items).toHaveLength(30);
    }
    const scanned = pages('Scan', { TableName: 'indexed', IndexName: 'gsi2', Limit: 4 }).flat();
    // The 30, and two of the items that all tests of indexes have.
    expect([scanned.length, new Set(scanned.map(({ sk }) => sk?.S)).size]).toEqual([32, 32]);
  });
});
