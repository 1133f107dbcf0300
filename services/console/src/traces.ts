// The traces that services send to this console: the spans of the latest jobs, in memory only.
import { traceIdOf } from '@movie-load/tracing';
import { z } from 'zod';
import type { TraceSpan } from './api.ts';

const MAX_JOBS = 20;
const MAX_SPANS = 5000;
const MAX_TEXT = 200;

const hex = (digits: number) => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`));
const attributeSchema = z.object({
  key: z.string(),
  value: z.object({
    stringValue: z.string().optional(),
    intValue: z.union([z.number(), z.string()]).optional(),
    doubleValue: z.number().optional(),
    boolValue: z.boolean().optional(),
  }),
});
const spanSchema = z.object({
  traceId: hex(32),
  spanId: hex(16),
  parentSpanId: hex(16).or(z.literal('')).optional(),
  name: z.string(),
  startTimeUnixNano: z.string().regex(/^\d{1,20}$/),
  endTimeUnixNano: z.string().regex(/^\d{1,20}$/),
  attributes: z.array(attributeSchema).default([]),
  status: z.object({ code: z.number().optional(), message: z.string().optional() }).default({}),
});
/** The parts of OTLP's JSON that are shown. https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
export const exportSchema = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: z.array(attributeSchema).default([]) }).default({ attributes: [] }),
      scopeSpans: z.array(z.object({ spans: z.array(spanSchema).default([]) })).default([]),
    }),
  ),
});
export type TraceExport = z.infer<typeof exportSchema>;

export interface Trace {
  /** In the order in which they began. */
  readonly spans: readonly TraceSpan[];
  /** Number of spans that arrived when the trace was full. */
  readonly left_out: number;
}

export interface Traces {
  add(received: TraceExport): void;
  traceOfJob(jobId: string): Trace;
}

export function createTraces(): Traces {
  const traces = new Map<string, { readonly spans: Map<string, TraceSpan>; leftOut: number }>();

  const openTrace = (id: string) => {
    const known = traces.get(id);
    if (known !== undefined) return known;
    const [oldest] = traces.keys();
    if (traces.size >= MAX_JOBS && oldest !== undefined) traces.delete(oldest);
    const trace = { spans: new Map<string, TraceSpan>(), leftOut: 0 };
    traces.set(id, trace);
    return trace;
  };

  return {
    add({ resourceSpans }) {
      for (const { resource, scopeSpans } of resourceSpans) {
        const service = attributeText(resource.attributes, 'service.name');
        const instance = attributeText(resource.attributes, 'service.instance.id');
        for (const span of scopeSpans.flatMap(({ spans }) => spans)) {
          const trace = openTrace(span.traceId);
          if (trace.spans.size < MAX_SPANS) trace.spans.set(span.spanId, toTraceSpan(span, service, instance));
          else trace.leftOut += 1;
        }
      }
    },
    traceOfJob(jobId) {
      const trace = traces.get(traceIdOf(jobId));
      const spans = [...(trace?.spans.values() ?? [])].sort((a, b) => a.start_ms - b.start_ms);
      return { spans, left_out: trace?.leftOut ?? 0 };
    },
  };
}

type Attributes = z.infer<typeof attributeSchema>[];

const valueText = ({ value }: Attributes[number]) =>
  String(value.stringValue ?? value.intValue ?? value.doubleValue ?? value.boolValue ?? '').slice(0, MAX_TEXT);

const attributeText = (attributes: Attributes, key: string): string => {
  const attribute = attributes.find((candidate) => candidate.key === key);
  return attribute === undefined ? '' : valueText(attribute);
};

/** Attributes with this prefix are the facts of a span. */
const ATTRIBUTE_PREFIX = 'movie_load.';
const NANOS_PER_MS = 1e6;

function toTraceSpan(span: z.infer<typeof spanSchema>, service: string, instance: string): TraceSpan {
  return {
    id: span.spanId,
    parent: span.parentSpanId || null,
    name: span.name.slice(0, MAX_TEXT),
    service: service.replace(/^movie-load-/, ''),
    instance,
    start_ms: Number(span.startTimeUnixNano) / NANOS_PER_MS,
    end_ms: Number(span.endTimeUnixNano) / NANOS_PER_MS,
    // https://opentelemetry.io/docs/specs/otlp/: STATUS_CODE_ERROR
    error: span.status.code === 2 ? (span.status.message ?? 'failed').slice(0, MAX_TEXT) : null,
    facts: Object.fromEntries(
      span.attributes
        .filter(({ key }) => key.startsWith(ATTRIBUTE_PREFIX))
        .map((attribute) => [attribute.key.slice(ATTRIBUTE_PREFIX.length), valueText(attribute)]),
    ),
  };
}
