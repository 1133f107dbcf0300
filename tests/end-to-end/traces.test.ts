// A job has one trace, whatever happens to its processes. A failing receiver changes nothing.
import { afterEach, describe, expect, it } from '@jest/globals';
import { openQueue } from '@movie-load/aws';
import type { LocalAwsOptions } from '@movie-load/local-aws';
import { planToToken } from '@movie-load/schema';
import { eventually, fetchOnNewConnection, sendMessages, startService } from '@movie-load/testing';
import type { JobTrace } from '../../services/console/src/api.ts';
import { startUp } from '../browser/support/up.ts';
import { cli } from '../support/cli.ts';
import { startRecordedEndpoint } from '../support/recorded-endpoint.ts';
import { type ReceivedSpan, startTraceReceiver, type TraceReceiver } from '../support/trace-receiver.ts';
import { expectedObject, type OrderedJob, orderJob, startWorld, type World } from '../support/world.ts';

const traceOf = ({ jobId }: OrderedJob) => jobId.replaceAll('-', '');
const spansNamed = (spans: readonly ReceivedSpan[], name: string) => spans.filter((span) => span.name === name);
const PROCESS = 'process movie-load.fifo';

const started: AsyncDisposable[] = [];
afterEach(async () => {
  for (const resource of started.splice(0).reverse()) await resource[Symbol.asyncDispose]();
});

async function startAll(answer?: Parameters<typeof startTraceReceiver>[0], options?: LocalAwsOptions) {
  const receiver = await startTraceReceiver(answer);
  const world = await startWorld(options);
  started.push(receiver, world);
  return { receiver, world, env: { ...world.env, ...receiver.env } };
}

async function send(job: OrderedJob, env: NodeJS.ProcessEnv): Promise<void> {
  const producer = startService('producer', { env, args: job.args });
  started.push(producer);
  expect(await producer.ended).toEqual({ code: 0, signal: null });
}

function consume(env: NodeJS.ProcessEnv) {
  const consumer = startService('consumer', { env });
  started.push(consumer);
  return consumer;
}

/**
 * Waits until the queue is empty and the job's span has arrived. A consumer that ends waits for its receiver for half a
 * second only, and a busy one may need longer.
 */
async function untilTraced(world: World, spans: readonly ReceivedSpan[]): Promise<void> {
  await world.untilQueueIsEmpty();
  const isLinked = ({ spanId }: ReceivedSpan) => spansNamed(spans, PROCESS).some(({ links }) => links.includes(spanId));
  await eventually(
    'the spans have arrived',
    () => spansNamed(spans, 'job').length > 0 && spansNamed(spans, 'send movie-load.fifo').every(isLinked),
  );
}

/** Expects that all spans of the job are one tree below the job's own span. */
function expectOneTree(spans: readonly ReceivedSpan[], job: OrderedJob): void {
  expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([traceOf(job)]));
  const ids = spans.map(({ spanId }) => spanId);
  expect(new Set(ids).size).toBe(ids.length);
  const roots = spans.filter(({ parentSpanId }) => parentSpanId === undefined);
  expect(roots.map(({ name, spanId }) => ({ name, spanId }))).toEqual([
    { name: 'job', spanId: traceOf(job).slice(0, 16) },
  ]);
  expect(spans.filter(({ parentSpanId }) => parentSpanId !== undefined && !ids.includes(parentSpanId))).toEqual([]);
}

describe('the trace of a job', () => {
  it('has the id of the job, is one tree, and links each receive to the sends of its messages', async () => {
    const { receiver, world, env } = await startAll();
    const job = orderJob({ movies: 200 });
    await send(job, env);
    const consumer = consume({ ...env, LOG_LEVEL: 'info' });
    await world.untilComplete(job.jobId);
    await untilTraced(world, receiver.spans);
    consumer.kill('SIGTERM');
    expect(await consumer.ended).toEqual({ code: 0, signal: null });

    expectOneTree(receiver.spans, job);
    const sends = spansNamed(receiver.spans, 'send movie-load.fifo');
    const groups = new Set(spansNamed(receiver.spans, PROCESS).map(({ attributes }) => attributes['movie_load.group']));
    expect(groups).toEqual(new Set(sends.map(({ attributes }) => attributes['movie_load.group'])));
    const links = spansNamed(receiver.spans, PROCESS).flatMap((span) => span.links);
    expect(new Set(links)).toEqual(new Set(sends.map(({ spanId }) => spanId)));
    expect(spansNamed(receiver.spans, 's3:PutObject')).toHaveLength(1);
    expect(spansNamed(receiver.spans, 'part')).toHaveLength(1);
    expect(spansNamed(receiver.spans, 'complete')).toHaveLength(1);
    // Empty polls, and calls that belong to no message, have no span.
    expect(spansNamed(receiver.spans, 'sqs:ReceiveMessage')).toEqual([]);
    const line = consumer
      .stderr()
      .split('\n')
      .find((text) => text.includes('COMPLETE'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({ job_id: job.jobId, trace_id: traceOf(job) });
  });

  it('stays one trace after SIGKILL, a redrive and a resume', async () => {
    let kill = () => {};
    const after = (operation: string) => {
      if (operation === 'dynamodb:BatchWriteItem') kill();
      return undefined;
    };
    const { receiver, world, env } = await startAll(undefined, { faults: { after } });
    const job = orderJob({ movies: 120 });
    await send(job, env);
    const killed = consume({ ...env, VISIBILITY_SECONDS: '2' });
    kill = () => killed.kill('SIGKILL');
    await killed.ended;
    kill = () => {};
    await moveOneToDeadLetters(world);
    const second = consume({ ...env, VISIBILITY_SECONDS: '2' });
    await world.untilQueueIsEmpty();
    await cli(['dlq', 'redrive', '--all', '--json'], { env: world.env });
    await cli(['resume', '--plan', planToToken(job.plan)], { env: world.env });
    await world.untilComplete(job.jobId);
    await eventually('the job’s span has arrived', () => spansNamed(receiver.spans, 'job').length > 0);
    second.kill('SIGTERM');
    await second.ended;

    expect((await world.object(job.jobId)).equals(expectedObject(job.plan))).toBe(true);
    const traces = new Set(receiver.spans.map(({ traceId }) => traceId));
    expect(traces).toEqual(new Set([traceOf(job)]));
    expect(spansNamed(receiver.spans, 'job')).toHaveLength(1);
    // Redelivered messages are in the trace, sampled or not.
    const receives = spansNamed(receiver.spans, PROCESS).map(({ attributes }) =>
      Number(attributes['movie_load.receives']),
    );
    expect(Math.max(...receives)).toBeGreaterThan(1);
  });
});

/** Dead-letters a message, as SQS does after ten receives: only a redrive by an operator returns it. */
async function moveOneToDeadLetters(world: World): Promise<void> {
  const queue = await openQueue(world.clients, world.settings.queue);
  const dlq = await openQueue(world.clients, world.settings.dlq);
  const [message] = await eventually('a message arrives', async () => {
    const messages = await queue.receive({ max: 1, waitSeconds: 1, visibilitySeconds: 30 });
    return messages.length > 0 ? messages : undefined;
  });
  if (message?.groupId === undefined) throw new Error('the message has no group');
  await sendMessages(dlq, [
    { body: message.body, groupId: message.groupId, deduplicationId: `moved-${message.messageId}` },
  ]);
  await queue.delete([message.receiptHandle]);
}

describe('the calls to AWS', () => {
  /** Runs a job through an endpoint that records the requests. */
  async function recordJob(additionalEnv: NodeJS.ProcessEnv, isTraced = () => true) {
    const world = await startWorld();
    const recorded = await startRecordedEndpoint(world.env.AWS_ENDPOINT_URL ?? '');
    started.push(world, recorded);
    const env = { ...world.env, ...additionalEnv, AWS_ENDPOINT_URL: recorded.endpoint };
    const job = orderJob({ movies: 100 });
    await send(job, env);
    const consumer = consume(env);
    await world.untilComplete(job.jobId);
    await world.untilQueueIsEmpty();
    await eventually('the job is traced', isTraced);
    consumer.kill('SIGTERM');
    await consumer.ended;
    const messages = recorded.messages().map((body) => body.replace(/"started_on":"[^"]*"/, ''));
    return { kinds: [...recorded.kinds].toSorted(), messages };
  }

  it('do not differ with and without traces', async () => {
    const receiver = await startTraceReceiver();
    started.push(receiver);
    const without = await recordJob({});
    expect(without.messages).toHaveLength(100);
    expect(without.kinds.length).toBeGreaterThan(8);
    const isTraced = () => spansNamed(receiver.spans, 'job').length > 0;
    expect(await recordJob(receiver.env, isTraced)).toEqual(without);
    expect(spansNamed(receiver.spans, 'job')).toHaveLength(1);
  });
});

describe('a receiver of traces', () => {
  const answers: [string, Parameters<typeof startTraceReceiver>[0]][] = [
    ['never answers', () => undefined],
    [
      'answers 500',
      (response) => {
        response.statusCode = 500;
        response.end();
      },
    ],
    ['hangs up', (response) => response.destroy()],
  ];

  it.each(answers)('changes neither bytes nor exit code when it %s', async (_, answer) => {
    const { receiver, world, env } = await startAll(answer);
    await expectUnchanged(world, env);
    await eventually('the receiver has read a request', () => receiver.requests > 0);
    expect(receiver.requests).toBeGreaterThan(0);
  });

  it('changes neither bytes nor exit code when it does not exist', async () => {
    const { receiver, world, env } = await startAll();
    await (receiver satisfies TraceReceiver)[Symbol.asyncDispose]();
    await expectUnchanged(world, env);
  });
});

async function expectUnchanged(world: World, env: NodeJS.ProcessEnv): Promise<void> {
  const job = orderJob({ movies: 100 });
  await send(job, env);
  const consumer = consume(env);
  await world.untilComplete(job.jobId);
  consumer.kill('SIGTERM');
  expect(await consumer.ended).toEqual({ code: 0, signal: null });
  expect((await world.object(job.jobId)).equals(expectedObject(job.plan))).toBe(true);
}

describe('the modules of OpenTelemetry', () => {
  const hook = `data:text/javascript,${encodeURIComponent(
    'import { registerHooks } from "node:module";' +
      'registerHooks({ load(url, context, next) {' +
      ' if (url.includes("opentelemetry") || url.includes("trace-export")) process.stderr.write(url);' +
      ' return next(url, context); } });',
  )}`;

  it.each([
    ['stay unloaded without a receiver', {}, false],
    ['stay unloaded with OTEL_SDK_DISABLED', { OTEL_SDK_DISABLED: 'true' }, false],
    ['load with a receiver', {}, true],
  ])('%s', async (_, more, hasReceiver) => {
    const { receiver, world, env } = await startAll();
    const consumerEnv = hasReceiver || 'OTEL_SDK_DISABLED' in more ? { ...env, ...receiver.env, ...more } : world.env;
    const consumer = consume({ ...consumerEnv, LOG_LEVEL: 'info', NODE_OPTIONS: `--import=${hook}` });
    await eventually('it receives', async () => consumer.stderr().includes('"msg":"receiving"'));
    consumer.kill('SIGTERM');
    await consumer.ended;
    expect(consumer.stderr().includes('opentelemetry')).toBe(hasReceiver);
  });
});

describe('up --trace', () => {
  it('gives the page the trace of a job', async () => {
    const up = await startUp({ consumers: 1, trace: true });
    started.push({ [Symbol.asyncDispose]: up.stop });
    const order = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"movies":40}' };
    const { job_id } = (await (await fetchOnNewConnection(`${up.producer}/jobs`, order)).json()) as { job_id: string };
    const trace = await eventually('the job has its span', async () => {
      const answer = await fetchOnNewConnection(`${up.url}/api/jobs/${job_id}/trace`);
      const trace = answer.ok ? ((await answer.json()) as JobTrace) : undefined;
      const names = new Set(trace?.spans.map(({ name }) => name));
      return names.has('job') && names.has('send movie-load.fifo') ? trace : undefined;
    });
    expect(trace.receiving).toBe(true);
    expect(new Set(trace.spans.map(({ service }) => service))).toEqual(new Set(['producer', 'consumer']));
  });

  it('needs a fixed port for the page', async () => {
    const { code, stderr } = await cli(['up', '--port', '0', '--console-port', '0', '--trace']);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('--console-port') });
  });
});
