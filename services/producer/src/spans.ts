// The spans of a producer: one for each batch of a sampled group, with a child for each attempt.
import type { QueuePort } from '@movie-load/aws';
import { type JobPlan, jobIdOf, messagesOfGroup, parseGroupKey, shapeOf } from '@movie-load/schema';
import {
  ATTRIBUTE,
  createCallSpans,
  isSampled,
  jobSpanId,
  messagingAttributes,
  type ParentSpan,
  type SpanSink,
  sendSpanId,
  traceIdOf,
} from '@movie-load/tracing';

export interface ProducerSpans {
  /** A queue that tries once: its calls are attempts. */
  attempts<Port extends QueuePort>(queue: Port): Port;
  /** A queue with a policy: its `send` is one batch of the job. */
  batches<Port extends QueuePort>(queue: Port, plan: JobPlan): Port;
}

/** @example const traced = spans.batches(resilientQueue(spans.attempts(queue), policy), plan); */
export function createProducerSpans(sink: SpanSink): ProducerSpans {
  const calls = createCallSpans<ParentSpan>(sink, (parent) => parent);
  return {
    attempts: calls.queue,
    batches(queue, plan) {
      const job_id = jobIdOf(plan);
      const shape = shapeOf(plan);
      const traceId = traceIdOf(job_id);
      /** The last span id of each group: a second batch of the same ten messages gets a random id instead. */
      const lastSpanIds = new Map<number, string>();
      const send: QueuePort['send'] = (messages, options) => {
        const [first] = messages;
        const group = parseGroupKey(first?.groupId ?? '')?.group;
        if (first === undefined || group === undefined || !isSampled(shape.groups, group))
          return queue.send(messages, options);
        const id = sendSpanId(first.deduplicationId, messagesOfGroup(shape, group).first);
        const spanId = id === lastSpanIds.get(group) ? undefined : id;
        if (id !== undefined) lastSpanIds.set(group, id);
        const span = sink.start({
          name: `send ${queue.name}`,
          kind: 'producer',
          traceId,
          spanId,
          parentId: jobSpanId(job_id),
          attributes: {
            ...messagingAttributes(queue.name, 'send', messages.length),
            [ATTRIBUTE.job]: job_id,
            [ATTRIBUTE.group]: group,
          },
        });
        return calls.run({ traceId, spanId: span.spanId }, async () => {
          try {
            const failed = await queue.send(messages, options);
            span.end(failed.length > 0 ? { error: new Error(`${failed.length} messages were refused`) } : {});
            return failed;
          } catch (error) {
            span.end({ error });
            throw error;
          }
        });
      };
      return { ...queue, send };
    },
  };
}
