// Lesson 8: long polls compared with short polls.
import { AWS_PRICES } from '@movie-load/aws';
import { defineLesson } from '../lesson.ts';
import type { LessonWorld } from '../lesson-world.ts';
import type { OwnQueue } from '../own-queue.ts';

const MINUTE_MS = 60_000;
/** Round-trip time of a short poll. */
const ROUND_TRIP_SECONDS = 0.5;
const LONG_WAIT_SECONDS = 20;
const MINUTES_OF_MONTH = 30 * 24 * 60;

type Measurements = { calls: number; usd_a_month: number; short_poll_calls: number; short_poll_usd_a_month: number };

export const pollingBill = defineLesson<Measurements>({
  lesson: 8,
  title: 'The polling bill',
  question:
    'A consumer waits a minute at an empty queue, with receives that wait up to 20 s for a message. How many calls does it make, and pay for?',
  setUp: 'One empty queue and one consumer, for a minute: by long polls of 20 s, and by short polls for comparison.',
  look: 'Calls a minute, and the price of a month of waiting.',
  answers: {
    a: { text: 'Three.', fits: ({ calls }) => calls === 3 },
    b: { text: 'One: the connection stays open.', fits: ({ calls }) => calls === 1 },
    c: { text: 'As many as the network allows: a hundred and more.', fits: ({ calls }) => calls >= 60 },
  },
  right: 'a',
  explanation: [
    'A short poll is answered at once, also with nothing, so a waiting consumer asks again and again.',
    'A long poll is answered when a message comes, at the latest after 20 s, the longest that SQS allows.',
    'So a minute of waiting costs three calls instead of a hundred and more, and each empty call costs as much as one that brings ten messages.',
    'A long poll is also faster: it is answered as soon as a message arrives.',
    'Our consumer asks with 20 s by default, and sends its next poll when what it has received is handled.',
  ],
  code: {
    file: 'services/consumer/src/poller.ts',
    line: 'waitTimeSeconds: shared.waitSeconds ?? MAX_WAIT_SECONDS,',
  },
  page: 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html',
  cause: 'The consumer uses short polls.',
  async run(world, withCause) {
    const queue = await world.ownQueue('polls.fifo');
    const calls = await countCallsInMinute(world, queue, withCause ? LONG_WAIT_SECONDS : 0);
    const shortPollCalls = withCause ? await countCallsInMinute(world, queue, 0) : calls;
    const price = (count: number) => Number((count * MINUTES_OF_MONTH * AWS_PRICES.sqsFifoRequest).toFixed(2));
    world.note(`${calls} calls in a minute: ${price(calls)} dollars a month`);
    world.note(`${shortPollCalls} calls in a minute by short polls: ${price(shortPollCalls)} dollars a month`);
    return {
      calls,
      usd_a_month: price(calls),
      short_poll_calls: shortPollCalls,
      short_poll_usd_a_month: price(shortPollCalls),
    };
  },
});

async function countCallsInMinute(world: LessonWorld, queue: OwnQueue, waitSeconds: number): Promise<number> {
  const end = world.elapsedMs() + MINUTE_MS;
  let calls = 0;
  while (world.elapsedMs() < end) {
    calls += 1;
    world.reportValue(waitSeconds > 0 ? 'calls by long polls' : 'calls by short polls', calls);
    const poll = queue.receive({ waitSeconds, by: 'consumer 1' });
    // Waits until the poll has arrived: before that, it would not notice that time passes.
    if (waitSeconds > 0) await world.untilPollsWait(1);
    await world.lab.clock.forward((waitSeconds || ROUND_TRIP_SECONDS) * 1000);
    await poll;
  }
  return calls;
}
