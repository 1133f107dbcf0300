// The spans of a consumer: one for each group of a receive, with its calls as children, the parts of the object, and
// the job.
import { randomBytes } from 'node:crypto';
import type { ObjectsPort, QueuePort, ReceivedMessage, SingleCallTable } from '@movie-load/aws';
import type { JobEvent, StoreBatch } from '@movie-load/jobs';
import { messagesOfGroup, parseGroupKey, shapeOf } from '@movie-load/schema';
import {
  ATTRIBUTE,
  createCallSpans,
  isSampled,
  jobSpanId,
  messagingAttributes,
  type OpenSpan,
  type SpanLink,
  type SpanSink,
  sendSpanId,
  traceIdOf,
} from '@movie-load/tracing';

/** Records how a consumer's handler handles the messages of one group in one receive. */
export interface GroupSpans {
  /** Runs the work on the messages, and records its span. */
  around(deliveries: readonly ReceivedMessage[], work: () => Promise<void>): Promise<void>;
  /** The messages are checked: the valid ones, and the reasons of the refused ones. */
  checked(batch: StoreBatch | undefined, refused: readonly string[]): void;
  /** The work failed, and the messages are released. */
  failed(error: unknown): void;
}

export interface ConsumerSpans extends GroupSpans {
  queue<Port extends QueuePort>(port: Port): Port;
  table(port: SingleCallTable): SingleCallTable;
  objects(port: ObjectsPort): ObjectsPort;
  /** Records an event of the job store. */
  note(event: JobEvent): void;
}

/** The running work on the messages of one group in one receive. */
interface Work {
  readonly deliveries: readonly ReceivedMessage[];
  readonly startMs: number;
  readonly jobId: string | undefined;
  readonly traceId: string;
  /** Undefined while the work is not sampled. */
  span: OpenSpan | undefined;
  batch: StoreBatch | undefined;
  readonly refused: string[];
  error: unknown;
  /** When the work began to complete the object; 0 when it did not. */
  completingMs: number;
}

export function createConsumerSpans(sink: SpanSink, queueName: string, now: () => number = Date.now): ConsumerSpans {
  const calls = createCallSpans<Work>(sink, ({ traceId, span }) => span && { traceId, spanId: span.spanId });

  const open = (work: Work) => {
    const { deliveries, jobId, traceId, startMs } = work;
    const group = parseGroupKey(deliveries[0]?.groupId ?? '')?.group;
    work.span ??= sink.start({
      name: `process ${queueName}`,
      kind: 'consumer',
      traceId,
      parentId: jobId === undefined ? undefined : jobSpanId(jobId),
      startMs,
      attributes: {
        ...messagingAttributes(queueName, 'process', deliveries.length),
        ...(jobId === undefined ? {} : { [ATTRIBUTE.job]: jobId }),
        ...(group === undefined ? {} : { [ATTRIBUTE.group]: group }),
        [ATTRIBUTE.receives]: receivesOf(deliveries),
      },
      links: linksOf(work),
    });
    return work.span;
  };

  return {
    queue: calls.queue,
    table: calls.table,
    objects: calls.objects,
    around: async (deliveries, task) => {
      const jobId = parseGroupKey(deliveries[0]?.groupId ?? '')?.job_id;
      const work: Work = {
        deliveries,
        startMs: now(),
        jobId,
        // Messages that name no job have a trace of their own.
        traceId: jobId === undefined ? randomBytes(16).toString('hex') : traceIdOf(jobId),
        span: undefined,
        batch: undefined,
        refused: [],
        error: undefined,
        completingMs: 0,
      };
      await calls.run(work, task);
      if (work.refused.length > 0 || work.error !== undefined) open(work);
      const { error, refused } = work;
      work.span?.end({ error, attributes: refused.length > 0 ? { [ATTRIBUTE.refused]: refused } : undefined });
    },
    checked: (batch, refused) => {
      const work = calls.current();
      if (work === undefined) return;
      work.batch ??= batch;
      work.refused.push(...refused);
      const isInSample = batch !== undefined && isSampled(shapeOf(batch.plan).groups, batch.group);
      if (isInSample || receivesOf(work.deliveries) > 1) open(work);
    },
    failed: (error) => {
      const work = calls.current();
      if (work !== undefined) work.error = error;
    },
    note: (event) => recordJobEvent(event, { sink, now: now(), work: calls.current() }),
  };
}

const receivesOf = (deliveries: readonly ReceivedMessage[]): number =>
  Math.max(0, ...deliveries.map(({ receiveCount }) => receiveCount));

/** The batches that the messages were sent with. */
function linksOf({ deliveries, batch, traceId }: Work): SpanLink[] {
  if (batch === undefined) return [];
  const { first } = messagesOfGroup(shapeOf(batch.plan), batch.group);
  const ids = deliveries.map(({ deduplicationId }) => sendSpanId(deduplicationId ?? '', first));
  return [...new Set(ids)].flatMap((spanId) => (spanId === undefined ? [] : { traceId, spanId }));
}

interface JobFacts {
  readonly sink: SpanSink;
  readonly now: number;
  readonly work: Work | undefined;
}

/** Parts and the end of a job are always in its trace, even if the receive that led to them is not sampled. */
function recordJobEvent(event: JobEvent, { sink, now, work }: JobFacts): void {
  const { job_id } = event;
  const traceId = traceIdOf(job_id);
  const root = jobSpanId(job_id);
  const parentId = work?.span?.spanId ?? root;
  const record = (name: string, startMs: number, attributes: Record<string, number>) =>
    sink
      .start({
        name,
        kind: 'internal',
        traceId,
        parentId,
        startMs,
        attributes: { [ATTRIBUTE.job]: job_id, ...attributes },
      })
      .end({ endMs: now });
  switch (event.kind) {
    case 'part_written': {
      const { part, parts, bytes, movies } = event;
      record('part', now - event.ms, {
        [ATTRIBUTE.part]: part + 1,
        [ATTRIBUTE.parts]: parts,
        [ATTRIBUTE.bytes]: bytes,
        [ATTRIBUTE.movies]: movies,
      });
      break;
    }
    case 'completing':
      if (work !== undefined) work.completingMs = now;
      break;
    case 'completed': {
      const { movies, bytes } = event;
      if (work?.completingMs)
        record('complete', work.completingMs, { [ATTRIBUTE.bytes]: bytes, [ATTRIBUTE.movies]: movies });
      // Only the consumer that set the job COMPLETE makes the job's span, so a trace has one root.
      const startMs = work?.batch === undefined ? now : Date.parse(work.batch.started_on);
      const attributes = { [ATTRIBUTE.job]: job_id, [ATTRIBUTE.movies]: movies, [ATTRIBUTE.bytes]: bytes };
      sink.start({ name: 'job', kind: 'internal', traceId, spanId: root, startMs, attributes }).end({ endMs: now });
      break;
    }
    default:
  }
}
