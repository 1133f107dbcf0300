// Faults inside batches: each entry fails independently, in several rounds, and in the same way for the same seed.
import { describe, expect, test } from '@jest/globals';
import { Batches } from '../src/engine/batches.ts';
import { diceOf } from '../src/engine/dice.ts';
import { createFaults, ENTRY_FAULTS } from '../src/engine/faults.ts';
import { batchOf, splitBatch } from '../src/world/batch-calls.ts';
import { NAMES, urlOf } from '../src/world/names.ts';

const keys = ['a', 'b', 'c', 'd'];

function setUp(seed: number, only?: ReadonlySet<string>) {
  const faults = createFaults({ seed, rates: {}, budget: 0, only });
  const batches = new Batches({ seed, faults, name: 'process|sqs', rate: 1 });
  const round = (count: number, batchKeys = keys) => batches.next('SendMessageBatch', count, batchKeys, ENTRY_FAULTS);
  return { faults, round };
}

/** Sends failed entries again until none are left or the trouble is over. Returns each round’s outcomes by key. */
function playRounds(seed: number, only?: ReadonlySet<string>) {
  const { faults, round } = setUp(seed, only);
  const rounds: Record<string, string>[] = [];
  for (let remaining: string[] = keys, count = 1; remaining.length > 0 && count < 20; count += 1) {
    const { number = 0, entryFaults = [] } = round(count, remaining) ?? {};
    if (number !== count) break;
    rounds.push(Object.fromEntries(remaining.map((key, index) => [key, entryFaults[index] ?? 'well'])));
    remaining = remaining.filter(
      (_, index) => entryFaults[index] === 'entry_refused' || entryFaults[index] === 'entry_unanswered',
    );
  }
  return { rounds, struckIds: faults.struckIds };
}

/** False for faults of a batch that begins when the trouble of the first one is over. */
const isOfFirstBatch = (id: string) => id.startsWith('process|sqs:SendMessageBatch|1 ');

const SEEDS = Array.from({ length: 60 }, (_, seed) => seed);

describe('a batch in trouble', () => {
  test('fails entry by entry, and repeated entries may fail again; the same seed fails in the same way', () => {
    const runs = SEEDS.map((seed) => playRounds(seed));
    expect(SEEDS.map((seed) => playRounds(seed))).toEqual(runs);
    const outcomes = new Set(runs.flatMap(({ rounds }) => rounds.flatMap((one) => Object.values(one))));
    expect([...outcomes].toSorted()).toEqual([...ENTRY_FAULTS, 'well'].toSorted());
    expect(Math.max(...runs.map(({ rounds }) => rounds.length))).toBeGreaterThan(8);
  });

  test('keeps the faults of the other entries when the first fault of one entry is removed', () => {
    const seeds = SEEDS.filter((seed) => playRounds(seed).struckIds.some((id) => id.includes(' entry 1 ')));
    expect(seeds.length).toBeGreaterThan(20);
    for (const seed of seeds) {
      const { struckIds } = playRounds(seed);
      const removed = struckIds.find((id) => id.includes(' entry 1 '));
      const { struckIds: without } = playRounds(seed, new Set(struckIds.filter((id) => id !== removed)));
      // The entry takes effect instead of failing, so that it is not sent again and cannot fail later.
      const others = struckIds.filter((id) => !id.includes(' entry 1 '));
      expect(without.filter(isOfFirstBatch)).toEqual(others.filter(isOfFirstBatch));
      expect(playRounds(seed, new Set(struckIds)).struckIds).toEqual(struckIds);
    }
  });

  test('is identified by its entries: some of them continue it, one with another entry is a new batch', () => {
    const { round } = setUp(1);
    expect([round(1)?.number, round(2)?.number, round(3, ['b'])?.number]).toEqual([1, 2, 3]);
    expect(setUp(1).round(1)?.number).toBe(1);
    expect(round(4, ['a', 'x'])?.number).toBe(1);
  });
});

describe('a batch call', () => {
  const input = {
    QueueUrl: urlOf(NAMES.queue),
    Entries: keys.map((key) => ({ Id: key, ReceiptHandle: `handle ${key}` })),
  };
  const entryFaults = [undefined, 'entry_refused', 'entry_unanswered', 'entry_refused_for_good'] as const;

  test('takes effect for the entries that succeeded or were not answered, and its answer has the failed ones', () => {
    const split = splitBatch('DeleteMessageBatch', input, { entryFaults, dice: diceOf(1, 'test') });
    expect(split?.request).toMatchObject({ Entries: [{ Id: 'a' }, { Id: 'c' }] });
    const answer = split?.answer({ Successful: [{ Id: 'a' }, { Id: 'c' }] });
    expect(answer).toMatchObject({
      Successful: [{ Id: 'a' }],
      Failed: [{ Id: 'b' }, { Id: 'c' }, { Id: 'd', Code: 'ReceiptHandleIsInvalid', SenderFault: true }],
    });
  });

  test('of which no entry takes effect is not sent to the service', () => {
    const all = keys.map(() => 'entry_refused' as const);
    expect(
      splitBatch('DeleteMessageBatch', input, { entryFaults: all, dice: diceOf(1, 'test') })?.request,
    ).toBeUndefined();
  });

  test('has keys of its entries that are the same when they are sent again', () => {
    const handles = keys.map((key) => `handle ${key}`);
    expect(batchOf('DeleteMessageBatch', input)?.keys).toEqual(handles);
    const again = input.Entries.slice(2).map((entry, index) => ({ ...entry, Id: String(index) }));
    expect(batchOf('DeleteMessageBatch', { ...input, Entries: again })?.keys).toEqual(handles.slice(2));
    expect(batchOf('ReceiveMessage', { QueueUrl: input.QueueUrl })).toBeUndefined();
    const item = { PutRequest: { Item: { job_id: { S: 'job' }, part: { S: 'movies#1+2' } } } };
    expect(batchOf('BatchWriteItem', { RequestItems: { [NAMES.table]: [item] } })?.keys).toEqual(['job movies#1+2']);
  });
});
