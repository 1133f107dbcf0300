// Redrive and purge when parts of their batches fail, several rounds in a row: a message that was not sent is never
// deleted.
import { describe, expect, test } from '@jest/globals';
import { type OutgoingMessage, type QueuePort, resilientQueue } from '@movie-load/aws';
import { connectionReset, createInstantClock, seededRandom } from '@movie-load/testing';
import fc from 'fast-check';
import { purgeDeadLetters, type RedriveOptions, redrive } from '../src/index.ts';
import { redriveId, shortHash } from '../src/redrive-id.ts';
import { deadLetter, deadLettersOf, type FakeDlq, fakeDlq } from './fake-dlq.ts';
import { type FakeQueue, fakeQueue, type Verdict } from './support.ts';

const clock = createInstantClock();
const withPolicy = <Queue extends QueuePort>(queue: Queue): Queue =>
  resilientQueue(queue, { clock, random: seededRandom(), maxAttempts: 4 });

function run(from: FakeDlq, to: FakeQueue, more: Partial<RedriveOptions> = {}) {
  return redrive({ from: withPolicy(from), to: withPolicy(to), clock, random: seededRandom(), ...more });
}

const idsIn = (messages: readonly OutgoingMessage[]) => messages.map(({ body }) => body.replace('body of ', ''));
const failing = (...indexes: readonly number[]): Verdict => ({
  failed: indexes.map((index) => ({ index, senderFault: false })),
});
const refusing = (...indexes: readonly number[]): Verdict => ({
  failed: indexes.map((index) => ({ index, senderFault: true, code: 'InvalidMessageContents' })),
});

describe('a redrive whose sends fail in part', () => {
  test('repeats the failed sends, and then deletes exactly what was sent', async () => {
    const from = fakeDlq(deadLettersOf(10));
    const to = fakeQueue((call) => [failing(2, 5, 9), failing(1)][call]);
    expect(await run(from, to)).toMatchObject({ redriven: 10, refused: [], undeleted: 0 });
    expect(to.calls.map(idsIn)).toEqual([
      ['m0', 'm1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7', 'm8', 'm9'],
      ['m2', 'm5', 'm9'],
      ['m5'],
    ]);
    expect(from.ids()).toEqual([]);
  });

  test('names a dead letter that is refused in a later round by its own id', async () => {
    const from = fakeDlq(deadLettersOf(10));
    // Of m3, m6 and m8, the second is refused for good: that is m6, not m1.
    const to = fakeQueue((call) => [failing(3, 6, 8), refusing(1)][call]);
    const result = await run(from, to);
    expect(result.refused).toEqual([{ message_id: 'm6', code: 'InvalidMessageContents', message: 'once more' }]);
    expect(result.redriven).toBe(9);
    expect(from.ids()).toEqual(['m6']);
    expect(idsIn(to.accepted).sort()).toEqual(['m0', 'm1', 'm2', 'm3', 'm4', 'm5', 'm7', 'm8', 'm9']);
  });

  test('reports a message that no attempt could send, and releases it at once', async () => {
    const from = fakeDlq(deadLettersOf(3));
    const to = fakeQueue((_, batch) => failing(...idsIn(batch).flatMap((id, index) => (id === 'm1' ? [index] : []))));
    const result = await run(from, to);
    expect(result.refused).toMatchObject([{ message_id: 'm1', code: 'GaveUp' }]);
    expect(from.ids()).toEqual(['m1']);
    // Eight attempts, the first with all three.
    expect(to.calls.map(({ length }) => length)).toEqual([3, 1, 1, 1, 1, 1, 1, 1]);
    expect(from.changes).toEqual([{ ids: ['m1'], seconds: 0 }]);
  });

  test('deletes nothing when the queue is unreachable, and throws the error', async () => {
    const from = fakeDlq(deadLettersOf(12));
    const to = fakeQueue(() => ({ throws: connectionReset }));
    await expect(run(from, to)).rejects.toBe(connectionReset);
    expect(from.ids()).toHaveLength(12);
    expect(from.deletes).toEqual([]);
    expect(from.changes.flatMap(({ ids }) => ids)).toHaveLength(10);
  });

  test('repeats a call whose answer was lost with the same ids, so the queue has each message once', async () => {
    const from = fakeDlq(deadLettersOf(4));
    const to = fakeQueue((call) => (call === 0 ? { throws: connectionReset, after: true } : undefined));
    await run(from, to);
    expect(to.calls[1]).toEqual(to.calls[0]);
    expect(idsIn(to.accepted)).toEqual(['m0', 'm1', 'm2', 'm3']);
  });

  test('deletes only messages that the queue has, whatever fails in whichever order', async () => {
    const verdict: fc.Arbitrary<Verdict> = fc.oneof(
      fc.constant(undefined),
      fc.constant({ throws: connectionReset, after: true }),
      fc
        .uniqueArray(fc.record({ index: fc.nat(9), senderFault: fc.boolean() }), { selector: ({ index }) => index })
        .map((failed) => ({ failed })),
    );
    const deleteAnswer = fc.option(
      fc.array(fc.nat(24), { maxLength: 6 }).map((numbers) => ({ failed: numbers.map((number) => `m${number}`) })),
      { nil: undefined },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(verdict, { maxLength: 12 }),
        fc.array(deleteAnswer, { maxLength: 8 }),
        async (sendVerdicts, deleteAnswers) => {
          const from = fakeDlq(deadLettersOf(25));
          from.deleteAnswers.push(...deleteAnswers);
          const to = fakeQueue((call, batch) => {
            const sendVerdict = sendVerdicts[call];
            if (sendVerdict === undefined || 'throws' in sendVerdict) return sendVerdict;
            return { failed: sendVerdict.failed.filter(({ index }) => index < batch.length) };
          });
          const result = await run(from, to);
          const acceptedIds = new Set(idsIn(to.accepted));
          const remainingIds = from.ids();
          const refusedIds = result.refused.map(({ message_id }) => message_id);
          for (let number = 0; number < 25; number += 1) {
            if (!remainingIds.includes(`m${number}`)) expect(acceptedIds).toContain(`m${number}`);
          }
          expect(remainingIds).toHaveLength(refusedIds.length + result.undeleted);
          // A refused dead letter stays, even if an answer was lost and the queue has it.
          expect(remainingIds).toEqual(expect.arrayContaining(refusedIds));
          expect(result.redriven).toBe(25 - refusedIds.length);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('deletes that fail', () => {
  test('in part are repeated for exactly the failed messages, in three attempts, and then counted', async () => {
    const from = fakeDlq(deadLettersOf(5));
    from.deleteAnswers.push({ failed: ['m1', 'm4'] }, { failed: ['m4'] }, { failed: ['m4'] });
    expect(await run(from, fakeQueue())).toMatchObject({ redriven: 5, undeleted: 1 });
    expect(from.deletes).toEqual([['m0', 'm1', 'm2', 'm3', 'm4'], ['m1', 'm4'], ['m4']]);
    expect(from.ids()).toEqual(['m4']);
  });

  test('for a whole batch count all its messages, and the sweep continues', async () => {
    const from = fakeDlq(deadLettersOf(12));
    from.deleteAnswers.push(connectionReset, connectionReset, connectionReset);
    expect(await run(from, fakeQueue())).toMatchObject({ redriven: 12, undeleted: 10, seen: 12 });
  });

  test('because of a bug end the run', async () => {
    const from = fakeDlq(deadLettersOf(2));
    const bug = Object.assign(new Error('bad'), { name: 'ValidationException' });
    from.deleteAnswers.push(bug);
    await expect(run(from, fakeQueue())).rejects.toBe(bug);
  });
});

describe('a redrive', () => {
  test('sends no batch with more bytes than the queue accepts', async () => {
    const deadLetters = deadLettersOf(4).map((one) => ({ ...one, body: `${one.body}${'x'.repeat(400)}` }));
    const to = fakeQueue(undefined, 1000);
    await run(fakeDlq(deadLetters), to);
    expect(to.calls.map(({ length }) => length)).toEqual([2, 2]);
    // A call accepts a mebibyte, also if the queue's limit is larger.
    const large = deadLettersOf(2).map((one) => ({ ...one, body: 'x'.repeat(600_000) }));
    const roomy = fakeQueue(undefined, 4 * 1024 * 1024);
    await run(fakeDlq(large), roomy);
    expect(roomy.calls.map(({ length }) => length)).toEqual([1, 1]);
  });

  test('sends bodies byte for byte, with the attributes that the message had', async () => {
    const body = ' { "a": 1 }\r\n\u00a0';
    const attributes = { color: { DataType: 'String', StringValue: 'red' } };
    const to = fakeQueue();
    await run(fakeDlq([deadLetter('m0', { body, attributes }), deadLetter('m1', { body: '\n' })]), to);
    expect(to.accepted.map((one) => [one.body, one.groupId, one.attributes])).toEqual([
      [body, 'group of m0', attributes],
      ['\n', 'group of m1', undefined],
    ]);
  });

  test('counts as `attributes_lost` the sent messages whose attributes were cut when dead-lettered', async () => {
    const big = { attributes: { big: { DataType: 'String', StringValue: 'x'.repeat(20_000) } } };
    const from = fakeDlq([deadLetter('m0', big), deadLetter('m1'), deadLetter('m2', big)]);
    const to = fakeQueue((call) => (call === 0 ? refusing(1, 2) : undefined));
    const result = await run(from, to);
    expect(result).toMatchObject({ redriven: 1, attributes_lost: 1 });
    expect(result.refused.map(({ message_id }) => message_id)).toEqual(['m1', 'm2']);
    expect(to.accepted.map(({ attributes }) => attributes)).toEqual([undefined]);
    // Over several receives.
    expect(await run(fakeDlq(deadLettersOf(12, big)), fakeQueue())).toMatchObject({
      redriven: 12,
      attributes_lost: 12,
    });
  });

  test('with a maximum redrives that number over several receives, and releases the others', async () => {
    const from = fakeDlq(deadLettersOf(30));
    expect(await run(from, fakeQueue(), { max: 13 })).toMatchObject({ redriven: 13, seen: 20, unseen: 0 });
    expect(from.ids()).toHaveLength(17);
    expect(from.changes.flatMap(({ ids }) => ids)).toEqual(from.ids().slice(0, 7));
    expect(await run(fakeDlq(deadLettersOf(30)), fakeQueue(), { max: 11 })).toMatchObject({ redriven: 11, seen: 20 });
    // With the last message the maximum is reached: the redrive ends without another receive.
    const exact = fakeDlq(deadLettersOf(3));
    expect(await run(exact, fakeQueue(), { max: 3 })).toMatchObject({ redriven: 3 });
    expect(exact.options.filter(({ call }) => call === 'receive')).toHaveLength(1);
  });

  test('with a maximum counts chosen messages, not those that the filter leaves out', async () => {
    const filter = { ids: ['m4', 'm8', 'm12', 'm13'] };
    const sent = async (max: number, deadLetters = deadLettersOf(15), now?: number) => {
      const to = fakeQueue();
      await run(fakeDlq(deadLetters, now), to, { filter, max });
      return idsIn(to.accepted);
    };
    expect(await sent(1)).toEqual(['m4']);
    expect(await sent(3)).toEqual(['m4', 'm8', 'm12']);
    // The maximum counts neither messages that this run has sent before, nor those that are newer than the run.
    const deduplicationId = redriveId({ message_id: 'm4' }, shortHash(seededRandom().uuid()));
    const withSentByThisRun = deadLettersOf(15).with(4, deadLetter('m4', { deduplicationId }));
    expect(await sent(1, withSentByThisRun)).toEqual(['m8']);
    const withNewer = deadLettersOf(15).with(4, deadLetter('m4', { sentOn: 9_000_000 }));
    expect(await sent(1, withNewer, 1_000_000)).toEqual(['m8']);
    const dlq = fakeDlq(deadLettersOf(15));
    expect(await purgeDeadLetters({ dlq, clock, filter, max: 1 })).toMatchObject({ purged: 1, seen: 10 });
    expect(dlq.deletes).toEqual([['m4']]);
  });

  test('as a dry run counts, sends and deletes nothing, and releases all', async () => {
    const from = fakeDlq(deadLettersOf(12));
    const to = fakeQueue();
    expect(await run(from, to, { dryRun: true })).toMatchObject({ redriven: 12, seen: 12 });
    expect([to.calls, from.deletes]).toEqual([[], []]);
    expect(from.changes.flatMap(({ ids }) => ids)).toHaveLength(12);
  });

  test('reports the dead letters of each receive', async () => {
    const reported: string[][] = [];
    const onProgress: RedriveOptions['onProgress'] = (deadLetters) =>
      reported.push(deadLetters.map(({ message_id }) => message_id));
    await run(fakeDlq(deadLettersOf(11)), fakeQueue(), { onProgress });
    expect(reported.map(({ length }) => length)).toEqual([10, 1]);
    await run(fakeDlq(deadLettersOf(2)), fakeQueue(), { onProgress, dryRun: true });
    expect(reported.at(-1)).toEqual(['m0', 'm1']);
  });

  test('leaves messages that were dead-lettered after it began, by SQS’s clock, to the next run', async () => {
    const now = 1_000_000;
    const from = fakeDlq(
      [deadLetter('before', { sentOn: now + 1000 }), deadLetter('after', { sentOn: now + 1001 })],
      now,
    );
    expect(await run(from, fakeQueue())).toMatchObject({ redriven: 1, seen: 2 });
    expect(from.ids()).toEqual(['after']);
    // Without SQS's time, messages are not distinguished by time.
    const dateless = fakeDlq([deadLetter('before'), deadLetter('after', { sentOn: Date.parse('2099-01-01') })]);
    expect(await run(dateless, fakeQueue())).toMatchObject({ redriven: 2, unseen: 0 });
  });

  test('counts messages that it sent and receives again, names the first, and leaves them', async () => {
    const thisRun = shortHash(seededRandom().uuid());
    const anotherRun = shortHash('another run');
    const sentBy = (runHash: string, id: string) =>
      deadLetter(id, { deduplicationId: redriveId({ message_id: id }, runHash) });
    const deadLetters = [sentBy(thisRun, 'm0'), sentBy(anotherRun, 'm1'), sentBy(thisRun, 'm2')];
    const from = fakeDlq(deadLetters);
    const result = await run(from, fakeQueue());
    expect(result).toMatchObject({ redriven: 1, came_back: 2, attributes_lost: 0, seen: 3 });
    expect(result.first_back).toEqual({ message_id: 'm0', reason: 'not_json', detail: 'a test' });
    expect(from.ids()).toEqual(['m0', 'm2']);
    // Messages that do not match are not counted.
    const filtered = await run(fakeDlq(deadLetters), fakeQueue(), { filter: { ids: ['m1', 'm2'] } });
    expect(filtered).toMatchObject({ redriven: 1, came_back: 1, first_back: { message_id: 'm2' } });
  });

  test('passes the caller’s signal to its sends and reads, not to its deletes and releases', async () => {
    const stop = new AbortController();
    const from = fakeDlq(deadLettersOf(2));
    const signals: unknown[] = [];
    const to = fakeQueue(() => refusing(1));
    const watched: QueuePort = {
      ...to,
      send: (batch, options) => {
        signals.push(options?.signal);
        return to.send(batch, options);
      },
      status: (options) => {
        signals.push(options?.signal);
        return to.status(options);
      },
    };
    await redrive({ from, to: watched, clock, random: seededRandom(), signal: stop.signal });
    expect(signals).toEqual([stop.signal, stop.signal]);
    const signalsOf = (name: string) =>
      from.options.filter(({ call }) => call === name).map(({ options: one }) => one?.signal);
    expect(signalsOf('status')).toEqual([stop.signal, stop.signal]);
    expect(signalsOf('receive')).toEqual([stop.signal, stop.signal]);
    // Sent messages are deleted, and others released, also after Ctrl-C.
    expect(signalsOf('delete')).toEqual([undefined]);
    expect(from.changes).toEqual([{ ids: ['m1'], seconds: 0 }]);
    expect(signalsOf('changeVisibility')).toEqual([undefined]);
  });
});

describe('a purge', () => {
  test('counts deleted messages and those that it could not delete', async () => {
    const from = fakeDlq(deadLettersOf(12));
    from.deleteAnswers.push({ failed: ['m7'] }, { failed: ['m7'] }, { failed: ['m7'] });
    const dlq = withPolicy(from);
    expect(await purgeDeadLetters({ dlq, clock })).toEqual({ purged: 12, seen: 12, unseen: 1, undeleted: 1 });
    expect(from.ids()).toEqual(['m7']);
  });
});
