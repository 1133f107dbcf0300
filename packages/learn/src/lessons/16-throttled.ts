// Lesson 16: a table at its limit: one hot key compared with a key for each writer, and what jitter does.
import { DynamoDbEngine, DynamoDbError } from '@movie-load/local-aws';
import { defineLesson } from '../lesson.ts';

const WRITERS = 40;
const WRITES = 100;
/** AWS's limits for one partition key and for a new on-demand table, in write units per second. */
const PARTITION_UNITS = 1000;
const TABLE_UNITS = 4000;
/** Duration of a write without throttling: all writers together need 2,000 units per second. */
const WRITE_MS = 20;
const RETRY_MS = 100;

interface WriteResult {
  /** Number of attempts that were throttled. */
  readonly throttled: number;
  readonly seconds: number;
  /** The greatest number of writers that try again in the same millisecond. */
  readonly most_at_once: number;
}

type Measurements = { hot: WriteResult; hot_with_jitter: WriteResult; spread: WriteResult };

export const throttled = defineLesson<Measurements>({
  lesson: 16,
  title: 'Throttled',
  question:
    'Forty writers put 2,000 items of 1 KB a second, once all under one partition key, once each writer under a key of its own. The table allows 4,000 write units a second. Which writes are throttled?',
  setUp: 'A table on demand with the quotas of AWS switched on, forty writers of 100 items each, retries after 100 ms.',
  look: 'Throttled writes for one hot key and for many keys; and how many retry at once, with jitter and without.',
  answers: {
    a: {
      text: 'None: the table allows twice as much.',
      fits: ({ hot, spread }) => hot.throttled === 0 && spread.throttled === 0,
    },
    b: {
      text: 'Those under the one key alone.',
      fits: ({ hot, spread }) => hot.throttled > 0 && spread.throttled === 0,
    },
    c: {
      text: 'Both: only the limit of the table counts.',
      fits: ({ hot, spread }) => hot.throttled > 0 && spread.throttled > 0,
    },
  },
  right: 'b',
  explanation: [
    'DynamoDB spreads a table over partitions by the partition key, and all items of one key are in one partition.',
    'One key takes about 1,000 write units a second, whatever the table allows: a key that gets more is called hot.',
    'The same writes under a key for each writer are far from any limit.',
    'Our items have the message group in their partition key, so the groups write to different partitions.',
    'Writers that are throttled together and wait for the same time retry together; jitter, a random pause, spreads them.',
  ],
  code: {
    file: 'packages/aws/src/jitter.ts',
    line: 'return random.next() * Math.min(capMs, baseMs * 2 ** Math.max(0, attempt - 1));',
  },
  page: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html',
  cause: 'Each writer has a key of its own in every measurement.',
  run(world, withCause) {
    const measure = (name: string, keyOf: (writer: number) => string, jitter: boolean) => {
      const result = writeAll(keyOf, jitter);
      world.reportValue(`throttled: ${name}`, result.throttled);
      world.note(
        `${name}: ${result.throttled} throttled attempts, up to ${result.most_at_once} retries at once, ${result.seconds} s`,
      );
      return result;
    };
    const keyPerWriter = (writer: number) => `group-${writer}`;
    const hotKey = withCause ? () => 'hot' : keyPerWriter;
    const hot = measure('one key, the same pause for all', hotKey, false);
    const hot_with_jitter = measure('one key, with jitter', hotKey, true);
    const spread = measure('a key for each writer', keyPerWriter, false);
    return Promise.resolve({ hot, hot_with_jitter, spread });
  },
});

/** Runs all writers on one virtual clock: each writes, or is throttled and tries again later. */
function writeAll(keyOf: (writer: number) => string, jitter: boolean): WriteResult {
  const clock = { ms: Date.UTC(2026, 0, 1), now: () => clock.ms };
  const engine = new DynamoDbEngine({
    clock,
    quotas: { partition: { write: PARTITION_UNITS }, onDemand: { write: TABLE_UNITS } },
  });
  engine.call('CreateTable', {
    TableName: 'lesson',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['job', 'part'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: [
      { AttributeName: 'job', KeyType: 'HASH' },
      { AttributeName: 'part', KeyType: 'RANGE' },
    ],
  });
  const text = 'x'.repeat(900);
  const start = clock.now();
  const writers = Array.from({ length: WRITERS }, (_, number) => ({ number, at: start, done: 0 }));
  const nextRandom = pseudoRandom();
  const retries = new Map<number, number>();
  let throttledAttempts = 0;
  for (;;) {
    const [writer] = writers.filter(({ done }) => done < WRITES).sort((x, y) => x.at - y.at);
    if (writer === undefined) break;
    clock.ms = Math.max(clock.ms, writer.at);
    const Item = {
      job: { S: keyOf(writer.number) },
      part: { S: `${writer.number}-${writer.done}` },
      text: { S: text },
    };
    if (isWritten(engine, Item)) {
      writer.done += 1;
      writer.at = clock.ms + WRITE_MS;
      continue;
    }
    throttledAttempts += 1;
    writer.at = clock.ms + Math.round(jitter ? nextRandom() * 2 * RETRY_MS : RETRY_MS);
    retries.set(writer.at, (retries.get(writer.at) ?? 0) + 1);
  }
  const most_at_once = Math.max(0, ...retries.values());
  return { most_at_once, throttled: throttledAttempts, seconds: Math.round((clock.ms - start) / 100) / 10 };
}

function isWritten(engine: DynamoDbEngine, Item: object): boolean {
  try {
    engine.call('PutItem', { TableName: 'lesson', Item });
    return true;
  } catch (error) {
    if (error instanceof DynamoDbError && error.code === 'ThrottlingException') return false;
    throw error;
  }
}

/** A Lehmer generator, which returns the same numbers in each run. */
function pseudoRandom(): () => number {
  let state = 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
