// The parts of a lesson's world (its own queue, its events, its consumers), and what is shown of a lesson besides its
// run.
import { expect, test } from '@jest/globals';
import type { RunEvent } from '@movie-load/operations/lessons';
import { jobIdOf } from '@movie-load/schema';
import { LESSONS, lessonView, readExcerpt, readSource, runLesson } from '../src/index.ts';
import { countObjectMovies } from '../src/object.ts';
import { openWorld } from '../src/world.ts';

test('a lesson’s own queue has the attributes that it was created with, and each call names its caller', async () => {
  const events: RunEvent[] = [];
  await using world = await openWorld((event) => events.push(event));
  const queue = await world.ownQueue('own.fifo', { VisibilityTimeout: '7' });
  await queue.send('a text of more than twelve characters', 'g');
  await queue.send('second', 'h', 'once');
  await queue.send('second', 'h', 'once');
  const received = await queue.receive({ max: 10, by: 'you' });
  expect(received.map(({ body, receives, by }) => [body, receives, by])).toEqual([
    ['a text of more than twelve characters', 1, 'you'],
    ['second', 1, 'you'],
  ]);
  const [first] = received;
  if (first === undefined) throw new Error('nothing was received');
  await queue.hide(first, 5);
  expect(await queue.receive({ by: 'me' })).toEqual([]);
  expect(await queue.delete(first)).toBe(true);
  await world.forward(7);
  expect((await queue.receive({ by: 'me' })).map(({ body, receives }) => [body, receives])).toEqual([['second', 2]]);
  // Its receipt handle has expired.
  expect(await queue.delete({ ...first, handle: received[1]?.handle ?? '' })).toBe(false);
  const messages = events.flatMap((event) => (event.event === 'message' ? [event] : []));
  expect(messages.map(({ kind, by, label, hidden_until }) => [kind, by, label, hidden_until])).toEqual([
    ['sent', 'producer', 'a text of mo', null],
    ['sent', 'producer', 'second', null],
    ['deduplicated', 'producer', 'second', null],
    ['received', 'you', 'a text of mo', 7],
    ['received', 'you', 'second', 7],
    ['extended', 'you', 'a text of mo', 5],
    ['deleted', 'you', 'a text of mo', null],
    ['visible', null, 'second', null],
    ['received', 'me', 'second', 14],
  ]);
  const receives = events.flatMap((event) =>
    event.event === 'call' && event.operation === 'sqs:ReceiveMessage' ? [[event.by, event.entries]] : [],
  );
  expect(receives).toEqual([
    ['you', 2],
    ['me', 0],
    ['me', 1],
  ]);
});

test('a consumer that is killed at a call does not make it, and its written movies are reported once', async () => {
  const events: RunEvent[] = [];
  await using world = await openWorld((event) => events.push(event));
  const dying = world.consumer('consumer 1', { killedAtCall: 'delete' });
  const plan = await world.sendJob(3);
  void dying.handle(await dying.receive());
  await world.forward(1);
  dying.kill();
  const calls = events.flatMap((event) => (event.event === 'call' && event.by === 'consumer 1' ? [event] : []));
  expect(calls.map(({ operation }) => operation)).not.toContain('sqs:DeleteMessageBatch');
  // 3 movies in a slice, in one call.
  const writes = calls.filter(({ operation }) => operation === 'dynamodb:BatchWriteItem');
  expect(writes.map(({ entries }) => entries)).toEqual([1]);
  const values = events.flatMap((event) => (event.event === 'value' ? [[event.name, event.value]] : []));
  expect(values).toEqual([['movies written by consumer 1', 3]]);
  expect(dying.storedMovies).toBe(3);
  // It wrote the object before it would have deleted the messages.
  expect(await countObjectMovies(world, jobIdOf(plan))).toBe(3);
  expect(await countObjectMovies(world, 'none')).toBeNull();
});

test('a lesson is shown with the line of code that decides it, and with the rule that it breaks', async () => {
  for (const lesson of LESSONS) {
    const { first, at, lines } = await readExcerpt(lesson);
    expect(lines[at - first]).toContain(lesson.code.line);
    const source = (await readSource(lesson)).split('\n');
    expect(lines).toEqual(source.slice(Math.max(0, at - 6), at + 5));
    const { broken, answers } = lessonView(lesson);
    expect(broken?.sabotage).toBe(lesson.broken?.sabotage);
    expect(answers).toEqual({ a: lesson.answers.a.text, b: lesson.answers.b.text, c: lesson.answers.c.text });
  }
});

test('a run reports how many seconds it took', async () => {
  const [lesson] = LESSONS;
  if (lesson === undefined) throw new Error('no lesson');
  const began = performance.now();
  const { seconds } = await runLesson(lesson);
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThanOrEqual((performance.now() - began) / 1000 + 0.001);
});
