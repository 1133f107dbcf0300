// Lesson 12: a redelivery counted by a counter, and by a set.
import { jobIdOf, jobKey } from '@movie-load/schema';
import { defineLesson } from '../lesson.ts';

const MESSAGES = 10;
const JOB = { job_id: 'lesson', part: 'counted' };

type Measurements = { deliveries: number; counter: number; set: number };

export const counterOrSet = defineLesson<Measurements>({
  lesson: 12,
  title: 'Counter or set',
  question:
    'Ten messages are counted when they are stored, by a counter (ADD 1) and by a set of their numbers (ADD {n}). One of them is delivered twice. What are the counter and the size of the set?',
  setUp: 'One item with both, ten messages, and one of them delivered a second time.',
  look: 'The counter and the size of the set, after each message.',
  answers: {
    a: { text: 'Both are 10.', fits: ({ counter, set }) => counter === MESSAGES && set === MESSAGES },
    b: {
      text: 'The counter is 11, the set has 10.',
      fits: ({ counter, set }) => counter === MESSAGES + 1 && set === MESSAGES,
    },
    c: { text: 'Both are 11.', fits: ({ counter, set }) => counter === MESSAGES + 1 && set === MESSAGES + 1 },
  },
  right: 'b',
  explanation: [
    'ADD of a number adds each time, so a counter counts deliveries, not messages.',
    'ADD of a set unites, so the set has each number once, however often it was delivered.',
    'A job that counts by a counter is complete after nine messages and one repeat: the tenth is missing in its file.',
    'With the set, the consumer that finds it full knows that every message is stored.',
    'The set costs a few bytes a message, so a ledger has at most 200 of them, and a tree counts the ledgers.',
  ],
  code: {
    file: 'packages/jobs/src/ledger.ts',
    line: 'const numbers = numberSet(batch.messages.map(({ number }) => number - first));',
  },
  page: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html',
  cause: 'Each message is delivered once.',
  broken: {
    sabotage: 'a counter instead of a set',
    about:
      'The ledger counts by a counter. Nine of ten messages arrive, and one of them twice: the tenth has not arrived yet.',
    holds: ({ called_full }) => !called_full,
    async run(world) {
      const plan = await world.sendJob(MESSAGES);
      const consumer = world.consumer('consumer 1');
      const messages = await consumer.receive();
      await consumer.handle(messages.slice(0, MESSAGES - 1));
      await consumer.handle(messages.slice(0, 1));
      const job = await world.table.get(jobKey(jobIdOf(plan)));
      const called_full = job?.done !== undefined;
      world.note(
        called_full ? 'the job is called full with nine of ten messages' : 'the job waits for its tenth message',
      );
      return { called_full };
    },
  },
  async run(world, withCause) {
    const deliveries = [...Array(MESSAGES).keys(), ...(withCause ? [3] : [])];
    let [counter, set] = [0, 0];
    for (const number of deliveries) {
      const item = await world.table.update({
        key: JOB,
        update: 'ADD #counter :one, #numbers :number',
        names: { '#counter': 'counter', '#numbers': 'numbers' },
        values: { ':one': { N: '1' }, ':number': { NS: [String(number)] } },
      });
      counter = Number(item?.counter?.N ?? 0);
      set = item?.numbers?.NS?.length ?? 0;
      world.reportValue('counter', counter);
      world.reportValue('size of the set', set);
    }
    world.note(`${deliveries.length} deliveries of ${MESSAGES} messages: counter ${counter}, set of ${set}`);
    return { deliveries: deliveries.length, counter, set };
  },
});
