// Which receives have a span, and its contents.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openObjects, openTable } from '@movie-load/aws';
import { jobIdOf } from '@movie-load/schema';
import { recordSpans, sendMessages } from '@movie-load/testing';
import { createConsumerSpans } from '../src/spans.ts';
import { consumerOf, type Environment, startEnvironment } from './environment.ts';
import { loadMessage, testPlan } from './support.ts';

const PROCESS = 'process movie-load.fifo';

let world: Environment;
const ends: (() => Promise<void>)[] = [];
beforeEach(async () => {
  world = await startEnvironment();
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  await world.close();
});

function traced() {
  const recorded = recordSpans();
  const spans = createConsumerSpans(recorded.sink, 'movie-load.fifo');
  const { clients, queue } = world;
  const table = spans.table(openTable(clients, 'movie-job-information'));
  const objects = spans.objects(openObjects(clients, 'movie-bucket'));
  const created = consumerOf(world, { spans, table, objects, queue: spans.queue(queue) });
  ends.push(created.end);
  return { ...created, spans: recorded.spans };
}

/** 66 groups of 200 messages: every second group is sampled. */
const LARGE = testPlan(13_200);
const UNSAMPLED = 200;

async function sendOne(plan: ReturnType<typeof testPlan>, number: number, change = (body: string) => body) {
  const { groupId, body } = loadMessage(plan, number);
  await sendMessages(world.queue, [
    { groupId: groupId ?? '', body: change(body), deduplicationId: crypto.randomUUID() },
  ]);
}

describe('a receive', () => {
  it('of a job with all groups sampled is a child of the job’s span, which ends at COMPLETE', async () => {
    const plan = testPlan(20);
    await world.send(plan);
    const { receiveOnce, spans } = traced();
    while ((await receiveOnce()) > 0);
    const root = jobIdOf(plan).replaceAll('-', '').slice(0, 16);
    const [job] = spans.filter(({ name }) => name === 'job');
    expect(job).toMatchObject({ spanId: root, outcome: { endMs: expect.any(Number) } });
    const item = await world.jobs.job(jobIdOf(plan));
    expect(job?.startMs).toBe(Date.parse(item?.started_on ?? ''));
    const receives = spans.filter(({ name }) => name === PROCESS);
    expect(new Set(receives.map(({ attributes }) => attributes?.['movie_load.group']))).toEqual(new Set([0, 1]));
    for (const span of receives) expect(span.parentId).toBe(root);
    expect(spans.every(({ outcome }) => outcome !== undefined)).toBe(true);
  });

  it('that is refused has a span with the reasons', async () => {
    const plan = testPlan(20);
    await sendOne(plan, 0, (body) => body.replace('"title"', '"titel"'));
    const { receiveOnce, spans } = traced();
    await receiveOnce();
    const [refused] = spans.filter(({ name }) => name === PROCESS);
    expect(refused?.outcome?.attributes).toEqual({ 'movie_load.refused': ['wrong_shape'] });
    expect(refused?.traceId).toBe(jobIdOf(plan).replaceAll('-', ''));
  });

  it('of a text that names no job has a trace of its own', async () => {
    await sendMessages(world.queue, [{ groupId: 'unknown', body: 'hello', deduplicationId: crypto.randomUUID() }]);
    const { receiveOnce, spans } = traced();
    await receiveOnce();
    expect(spans.filter(({ name }) => name === PROCESS)).toMatchObject([
      { parentId: undefined, outcome: { attributes: { 'movie_load.refused': ['not_json'] } } },
    ]);
  });
});

describe('a group that is not sampled', () => {
  it('has no span by default', async () => {
    await sendOne(LARGE, UNSAMPLED);
    const { receiveOnce, spans, counters } = traced();
    await receiveOnce();
    expect(counters.storedMessages).toBe(1);
    expect(spans).toEqual([]);
  });

  it('has a span when it is redelivered', async () => {
    await sendOne(LARGE, UNSAMPLED);
    await world.queue.receive({ max: 1, waitSeconds: 0, visibilitySeconds: 0 });
    const { receiveOnce, spans } = traced();
    await receiveOnce();
    expect(spans.filter(({ name }) => name === PROCESS)).toMatchObject([{ attributes: { 'movie_load.receives': 2 } }]);
    expect(spans.some(({ name }) => name === 'dynamodb:BatchWriteItem')).toBe(true);
  });

  it('has a span when it fails', async () => {
    await sendOne(LARGE, UNSAMPLED);
    const { receiveOnce, spans } = traced();
    world.faults = {
      before: (operation) =>
        operation === 'dynamodb:BatchWriteItem' ? { status: 400, code: 'ValidationException' } : undefined,
    };
    await receiveOnce();
    world.faults = {};
    const [failed] = spans.filter(({ name }) => name === PROCESS);
    expect(failed?.outcome?.error).toMatchObject({ name: 'ValidationException' });
  });
});
