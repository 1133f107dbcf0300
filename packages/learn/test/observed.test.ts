// The events of a run: what happens to messages, calls with their callers, and the watched numbers.
import { expect, test } from '@jest/globals';
import type { RunEvent } from '@movie-load/operations/lessons';
import { LESSONS, runLesson } from '../src/index.ts';

async function observed(number: number, withCause = true) {
  const lesson = LESSONS.find((one) => one.lesson === number);
  if (lesson === undefined) throw new Error(`no lesson ${number}`);
  const events: RunEvent[] = [];
  const run = await runLesson(lesson, { withCause, onEvent: (event) => events.push(event) });
  return { run, events };
}

const happened = (events: readonly RunEvent[]) =>
  events.flatMap((event) => (event.event === 'message' ? [event] : [])).map(({ kind, by, label }) => [kind, by, label]);

test('a message is shown as sent by the producer, in flight at one consumer, visible again, in flight at another', async () => {
  const { run, events } = await observed(1);
  expect(happened(events)).toEqual([
    ['sent', 'producer', 'hello'],
    ['received', 'consumer 1', 'hello'],
    ['visible', null, 'hello'],
    ['received', 'consumer 2', 'hello'],
  ]);
  const [, received] = events.filter((event) => event.event === 'message');
  expect(received).toMatchObject({ second: 0, hidden_until: 10, receives: 1, queue: 'came-back.fifo' });
  expect(events.filter((event) => event.event === 'note')).toEqual(
    run.notes.map((note) => ({ event: 'note', ...note })),
  );
});

test('messages have their numbers within the job, calls their callers, and a failed call its error', async () => {
  const { events } = await observed(6);
  expect(happened(events).filter(([kind]) => kind === 'received')).toEqual(
    Array.from({ length: 10 }, (_, number) => ['received', 'consumer 1', String(number)]),
  );
  const calls = events.filter((event) => event.event === 'call');
  expect(calls).toContainEqual(
    expect.objectContaining({ by: 'producer', operation: 'sqs:SendMessageBatch', entries: 10 }),
  );
  const failed = calls.filter((call) => call.failed !== null && call.operation === 'dynamodb:UpdateItem');
  // The SDK's name for a reset connection, which is another one under Jest.
  expect(failed).toMatchObject([{ by: 'consumer 1', entries: null, failed: expect.stringMatching(/Error$/) }]);
  // The script reports how many messages the ledger counts after the lost answer, and at the end.
  const counted = events.flatMap((event) => (event.event === 'value' && event.name === 'counted' ? event.value : []));
  expect(counted).toEqual([10, 10]);
});

test('the refused part of a batch is reported: the delete of a message that another consumer has in flight', async () => {
  const { events } = await observed(4, false);
  const deletes = events.filter((event) => event.event === 'call' && event.operation === 'sqs:DeleteMessageBatch');
  expect(deletes[0]).toMatchObject({ by: 'consumer 1', entries: 1, failed: expect.stringMatching(/^1 refused, \w+/) });
});

test('heartbeats are shown as work of the consumer that has the message in flight', async () => {
  const { run, events } = await observed(4);
  const extended = happened(events).filter(([kind]) => kind === 'extended');
  expect(new Set(extended.map(([, by]) => by))).toEqual(new Set(['consumer 1']));
  expect(extended).toHaveLength(7);
  expect(run.measured).toMatchObject({ extended: 7 });
});

test('the last write of a consumer before it is killed is reported', async () => {
  const { events } = await observed(14);
  const written = events.flatMap((event) =>
    event.event === 'value' && event.name === 'movies written by consumer 1' ? event.value : [],
  );
  // 20 movies of part 1, and 20 of part 2, at whose upload it is killed.
  expect(written.at(-1)).toBe(40);
});

test('a watched number is reported at each step of the script, with the second of the lesson’s clock', async () => {
  const { events } = await observed(15);
  const waiting = events.flatMap((event) =>
    event.event === 'value' && event.name === 'waiting' ? [[event.second, event.value]] : [],
  );
  // The consumers stop from second 20 to second 80.
  const values = [0, 0, 20, 40, 60, 80, 100, 120, 90, 60, 10, 0];
  expect(waiting).toEqual(values.map((value, step) => [10 * step, value]));
});
