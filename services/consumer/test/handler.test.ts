// The handler of a consumer on an embedded AWS: what is in queue, table and bucket after receives, faults and drains.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Clock, openTable, systemClock, systemRandom } from '@movie-load/aws';
import { jobIdOf } from '@movie-load/schema';
import { eventually } from '@movie-load/testing';
import { consumerOf, type Environment, moviesOf, silentLog, startEnvironment } from './environment.ts';
import { loadMessage, testPlan } from './support.ts';

let world: Environment;
const ends: (() => Promise<void>)[] = [];

beforeEach(async () => {
  world = await startEnvironment();
});
afterEach(async () => {
  world.faults = {};
  for (const end of ends.splice(0)) await end();
  await world.close();
});

function consumer(extra: Parameters<typeof consumerOf>[1] = {}) {
  const created = consumerOf(world, extra);
  ends.push(created.end);
  return created;
}

/** Repeats wait for a random part of up to 29 s; the tests draw a small part. */
const lowDice = { ...systemRandom, next: () => systemRandom.next() / 20 };

const DRAIN_MS = 60_000;
/** In a drain with this clock, the time for finishing work is over at once; a slow machine has 15 s for releases. */
const hastyClock: Clock = {
  ...systemClock,
  sleep: (ms, signal) => systemClock.sleep(ms === DRAIN_MS * 0.75 ? 0 : ms, signal),
};
const hasty = { clock: hastyClock, settings: { visibilitySeconds: 60, drainMs: DRAIN_MS } };

/** Each test has a job of its own. */
let nonces = 0;
const newPlan = (movies: number) => {
  nonces++;
  return testPlan(movies, 1, `job-${nonces}`);
};

const storedMovies = async (plan: ReturnType<typeof newPlan>) => JSON.parse((await world.object(plan)) ?? '[]');

describe('a receive', () => {
  test('is stored, counted, completed and only then deleted', async () => {
    const plan = newPlan(25);
    await world.send(plan);
    let completed = 0;
    const onCompleted = () => {
      completed += 1;
    };
    /** What changed, in order; each receive begins a list. */
    const changes: string[][] = [];
    world.faults = {
      after: (operation) => {
        if (operation === 'sqs:ReceiveMessage') changes.push([]);
        else if (/BatchWrite|Update|PutObject|DeleteMessage/.test(operation)) changes.at(-1)?.push(operation);
        return undefined;
      },
    };
    const { receiveOnce, counters } = consumer({ onCompleted });
    while ((await receiveOnce()) > 0);
    const receives = changes.filter((operations) => operations.length > 0);
    expect(receives.map((operations) => [operations[0], operations.at(-1)])).toEqual(
      receives.map(() => ['dynamodb:BatchWriteItem', 'sqs:DeleteMessageBatch']),
    );
    // The object, then COMPLETE, then the last messages.
    expect(receives.at(-1)?.slice(-3)).toEqual(['s3:PutObject', 'dynamodb:UpdateItem', 'sqs:DeleteMessageBatch']);
    expect(await storedMovies(plan)).toEqual(moviesOf(plan));
    expect(await world.queue.status()).toMatchObject({ waiting: 0, inFlight: 0 });
    expect(counters).toMatchObject({ receivedMessages: 25, storedMovies: 25, inFlight: 0, completedJobs: 1 });
    expect(counters).toMatchObject({ storedMessages: 25, slices: 3, assembledMovies: 25, released: 0 });
    expect(completed).toBe(1);
    expect(counters.lastCompleted).toEqual([jobIdOf(plan)]);
  });

  test('survives calls that fail before or after their effect', async () => {
    const plan = newPlan(30);
    await world.send(plan);
    let calls = 0;
    const broken = { status: 500, code: 'InternalServerError' };
    world.faults = {
      before: () => (++calls % 3 === 0 ? broken : undefined),
      after: () => (++calls % 5 === 0 ? 'reset' : undefined),
    };
    const { receiveOnce, counters } = consumer();
    await eventually('the job is complete', async () => {
      // Messages of a receive whose answer was lost stay invisible for a few seconds here. Deletes must be made
      // within them: a machine that is too slow for that gets a second more with each receive that is repeated.
      await receiveOnce(4 + Math.ceil(counters.redelivered / 10)).catch(() => 0);
      return (await world.object(plan).catch(() => undefined)) !== undefined;
    });
    world.faults = {};
    expect(await storedMovies(plan)).toEqual(moviesOf(plan));
  });

  test('releases messages of a newer plan version with the backoff, logs it once a job, and stores the others', async () => {
    const plan = newPlan(20);
    const newer = [0, 10].map((number) => {
      const { groupId, body } = loadMessage(plan, number);
      return { groupId, body: body.replace('"version":2', '"version":3'), deduplicationId: crypto.randomUUID() };
    });
    await world.sendRaw(newer);
    await world.send(plan, [0, 1, 2, 3, 4, 5, 6, 7]);
    const warnings: string[] = [];
    const { receiveOnce, counters } = consumer({ log: { ...silentLog, warn: (_, text) => warnings.push(text) } });
    await receiveOnce();
    expect(counters).toMatchObject({ newerVersion: 2, storedMovies: 8, released: 2, deadLettered: new Map() });
    expect(warnings.filter((text) => text.startsWith('a job of a newer plan version'))).toHaveLength(1);
    expect(await world.dlq.status()).toMatchObject({ waiting: 0, inFlight: 0 });
    // Invisible for their backoff, during which they lock their groups.
    expect(await world.queue.status()).toMatchObject({ inFlight: 2, waiting: 0 });
  });

  test('dead-letters invalid messages before it deletes them, and their group continues', async () => {
    const plan = newPlan(10);
    const { groupId } = loadMessage(plan, 0);
    await world.sendRaw([{ body: 'not json at all', groupId, deduplicationId: crypto.randomUUID() }]);
    await world.send(plan);
    const steps: string[] = [];
    world.faults = {
      after: (operation) => {
        if (/SendMessage|DeleteMessage/.test(operation)) steps.push(operation);
        return undefined;
      },
    };
    const { receiveOnce, counters } = consumer();
    while ((await receiveOnce()) > 0);
    expect(await storedMovies(plan)).toEqual(moviesOf(plan));
    expect(steps.slice(0, 2)).toEqual(['sqs:SendMessageBatch', 'sqs:DeleteMessageBatch']);
    expect(Object.fromEntries(counters.deadLettered)).toEqual({ not_json: 1 });
    const [deadLetter] = await world.dlq.receive({ max: 10, waitSeconds: 0, visibilitySeconds: 60 });
    expect(deadLetter).toMatchObject({ body: 'not json at all' });
    expect(deadLetter?.attributes.reason?.StringValue).toBe('not_json');
  });

  test('is not deleted when the dead-letter queue refuses it', async () => {
    const { groupId } = loadMessage(newPlan(1), 0);
    await world.sendRaw([{ body: 'poison', groupId, deduplicationId: crypto.randomUUID() }]);
    world.faults = {
      before: (operation) =>
        operation === 'sqs:SendMessageBatch' ? { status: 500, code: 'InternalServerError' } : undefined,
    };
    const { receiveOnce, counters, end } = consumer(hasty);
    const receiving = receiveOnce();
    await eventually('it was received', () => counters.inFlight === 1);
    await end();
    await receiving;
    expect(await world.queue.status()).toMatchObject({ waiting: 1, inFlight: 0 });
  });

  test('with the same number twice is stored once, and both deliveries are deleted', async () => {
    const plan = newPlan(3);
    await world.send(plan, [0, 1, 0, 2, 1]);
    const { receiveOnce, counters } = consumer();
    expect(await receiveOnce()).toBe(5);
    expect(await storedMovies(plan)).toEqual(moviesOf(plan));
    expect(counters.storedMessages).toBe(3);
    expect(await world.queue.status()).toMatchObject({ waiting: 0, inFlight: 0 });
  });
});

describe('under faults', () => {
  test('a request that AWS calls invalid is a bug: its messages are released with the backoff, exit code 70', async () => {
    const plan = newPlan(10);
    await world.send(plan);
    world.faults = {
      before: (operation) =>
        operation === 'dynamodb:BatchWriteItem' ? { status: 400, code: 'ValidationException' } : undefined,
    };
    const { receiveOnce, exits } = consumer();
    expect(await receiveOnce()).toBe(10);
    await eventually('the handler asks to exit', () => exits.length > 0);
    expect(exits).toEqual([70]);
    // The first message waits and locks its group; the others are visible, and cannot be received before it.
    expect(await world.queue.status()).toMatchObject({ waiting: 9, inFlight: 1 });
    expect(await world.queue.receive({ max: 10, waitSeconds: 0, visibilitySeconds: 60 })).toEqual([]);
  });

  test('a consumer that slept past its visibility timeout changes nothing', async () => {
    const plan = newPlan(10);
    await world.send(plan);
    // The first consumer sleeps before its write until the other one has finished, and its heartbeats fail.
    const table = openTable(world.clients, 'movie-job-information');
    const sleep = Promise.withResolvers<void>();
    let isAsleep = false;
    const putBatch: typeof table.putBatch = async (...call) => {
      isAsleep = true;
      await sleep.promise;
      return table.putBatch(...call);
    };
    world.faults = {
      before: (operation) =>
        operation === 'sqs:ChangeMessageVisibilityBatch' ? { status: 400, code: 'InvalidAddress' } : undefined,
    };
    const settings = { visibilitySeconds: 1, drainMs: 8000 };
    const zombie = consumer({ settings, instance: 'zombie', table: { ...table, putBatch } });
    const other = consumer({ instance: 'other' });
    const zombies = zombie.receiveOnce(1);
    await eventually('the zombie is asleep', () => isAsleep);
    await eventually('another consumer gets its messages', async () => (await other.receiveOnce()) > 0);
    expect(await storedMovies(plan)).toEqual(moviesOf(plan));
    sleep.resolve();
    await zombies;
    expect(await storedMovies(plan)).toEqual(moviesOf(plan));
    expect(other.counters).toMatchObject({ redelivered: 10, repeatedMovies: 0, completedJobs: 1 });
    expect(zombie.counters).toMatchObject({ repeatedMovies: 10, completedJobs: 0 });
    expect(await world.queue.status()).toMatchObject({ waiting: 0, inFlight: 0 });
  });

  test('a failing table opens its breaker, which closes when the table answers again; nothing is released', async () => {
    const plan = newPlan(10);
    await world.send(plan);
    let refused = 0;
    world.faults = {
      before: (operation) => {
        if (!operation.startsWith('dynamodb:')) return undefined;
        refused++;
        return { status: 500, code: 'InternalServerError' };
      },
    };
    const { receiveOnce, breakers, counters } = consumer({ random: lowDice });
    const receiving = receiveOnce();
    await eventually('the breaker opens', () => breakers.dynamodb.open);
    let isReady = false;
    const waiting = breakers.dynamodb.whenClosed().then(() => {
      isReady = true;
    });
    const refusedBefore = refused;
    await eventually('a probe of the open breaker fails', () => refused > refusedBefore + 1);
    expect(isReady).toBe(false);
    world.faults = {};
    await waiting;
    await receiving;
    expect(await storedMovies(plan)).toEqual(moviesOf(plan));
    expect(counters.released).toBe(0);
  });

  test('a failing bucket delays the object alone: other messages are stored meanwhile', async () => {
    const [small, other] = [newPlan(10), newPlan(20)];
    await world.send(small);
    world.faults = {
      before: (operation) => (operation.startsWith('s3:') ? { status: 500, code: 'InternalError' } : undefined),
    };
    const { receiveOnce, breakers, counters } = consumer({ random: lowDice });
    const completing = receiveOnce();
    await eventually("the bucket's breaker opens", () => breakers.s3.open);
    expect(breakers.sqs.open || breakers.dynamodb.open).toBe(false);
    await world.send(other, [0, 1, 2]);
    expect(await receiveOnce()).toBe(3);
    expect(counters.storedMessages).toBe(13);
    world.faults = {};
    await completing;
    expect(await storedMovies(small)).toEqual(moviesOf(small));
  });
});

describe('the drain', () => {
  test('ends the writing of an object, releases its messages at once, and another consumer writes the object', async () => {
    const plan = newPlan(10);
    await world.send(plan);
    world.faults = {
      before: (operation) => (operation.startsWith('s3:') ? { status: 500, code: 'InternalError' } : undefined),
    };
    const { receiveOnce, handler, counters } = consumer(hasty);
    const receiving = receiveOnce();
    await eventually('all is stored', () => counters.storedMessages === 10);
    expect(await handler.drain()).toBe(0);
    await receiving;
    expect(await world.queue.status()).toMatchObject({ waiting: 10, inFlight: 0 });
    world.faults = {};
    const next = consumer();
    while ((await next.receiveOnce()) > 0);
    expect(await storedMovies(plan)).toEqual(moviesOf(plan));
  });

  test('releases unseen what is received after it began', async () => {
    const plan = newPlan(10);
    await world.send(plan);
    const { handler, counters } = consumer();
    const messages = await world.queue.receive({ max: 10, waitSeconds: 0, visibilitySeconds: 60 });
    const noMoreReceives = Promise.withResolvers<void>();
    const drained = handler.drain(noMoreReceives.promise);
    await handler.handle(messages);
    noMoreReceives.resolve();
    expect(await drained).toBe(0);
    expect(counters).toMatchObject({ storedMessages: 0, released: 10 });
    expect(await world.queue.status()).toMatchObject({ waiting: 10, inFlight: 0 });
  });
});
