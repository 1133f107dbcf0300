// The traces that services send to this console: the spans of the latest jobs, in memory only.
import { traceIdOf } from '@movie-load/tracing';
import { z } from 'zod';
import type { TraceSpan } from './api.ts';

const MAX_JOBS = 20;
const MAX_SPANS = 5000;
const MAX_TEXT = 200;

const hex = (digits: number) => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`));
const attribute = z.object({
  key: z.string(),
  value: z.object({
    stringValue: z.string().optional(),
    intValue: z.union([z.number(), z.string()]).optional(),
    doubleValue: z.number().optional(),
    boolValue: z.boolean().optional(),
  }),
});
const span = z.object({
  traceId: hex(32),
  spanId: hex(16),
  parentSpanId: hex(16).or(z.literal('')).optional(),
  name: z.string(),
  startTimeUnixNano: z.string().regex(/^\d{1,20}$/),
  endTimeUnixNano: z.string().regex(/^\d{1,20}$/),
  attributes: z.array(attribute).default([]),
  status: z.object({ code: z.number().optional(), message: z.string().optional() }).default({}),
});
/** The parts of OTLP's JSON that are shown. https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
export const exportSchema = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: z.array(attribute).default([]) }).default({ attributes: [] }),
      scopeSpans: z.array(z.object({ spans: z.array(span).default([]) })).default([]),
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
  take(received: TraceExport): void;
  of(jobId: string): Trace;
}

export function createTraces(): Traces {
  const traces = new Map<string, { readonly spans: Map<string, TraceSpan>; leftOut: number }>();

  const traceOf = (id: string) => {
    const known = traces.get(id);
    if (known !== undefined) return known;
    const [oldest] = traces.keys();
    if (traces.size >= MAX_JOBS && oldest !== undefined) traces.delete(oldest);
    const fresh = { spans: new Map<string, TraceSpan>(), leftOut: 0 };
    traces.set(id, fresh);
    return fresh;
  };

  return {
    take({ resourceSpans }) {
      for (const { resource, scopeSpans } of resourceSpans) {
        const service = textOf(resource.attributes, 'service.name');
        const instance = textOf(resource.attributes, 'service.instance.id');
        for (const one of scopeSpans.flatMap(({ spans }) => spans)) {
          const trace = traceOf(one.traceId);
          if (trace.spans.size < MAX_SPANS) trace.spans.set(one.spanId, shown(one, service, instance));
          else trace.leftOut += 1;
        }
      }
    },
    of(jobId) {
      const trace = traces.get(traceIdOf(jobId));
      const spans = [...(trace?.spans.values() ?? [])].sort((one, other) => one.start_ms - other.start_ms);
      return { spans, left_out: trace?.leftOut ?? 0 };
    },
  };
}

type Attributes = z.infer<typeof attribute>[];

const textOfValue = ({ value }: Attributes[number]) =>
  String(value.stringValue ?? value.intValue ?? value.doubleValue ?? value.boolValue ?? '').slice(0, MAX_TEXT);

const textOf = (attributes: Attributes, key: string): string => {
  const found = attributes.find((one) => one.key === key);
  return found === undefined ? '' : textOfValue(found);
};

const NANOS_A_MS = 1e6;

function shown(one: z.infer<typeof span>, service: string, instance: string): TraceSpan {
  return {
    id: one.spanId,
    parent: one.parentSpanId || null,
    name: one.name.slice(0, MAX_TEXT),
    service: service.replace(/^movie-load-/, ''),
    instance,
    start_ms: Number(one.startTimeUnixNano) / NANOS_A_MS,
    end_ms: Number(one.endTimeUnixNano) / NANOS_A_MS,
    // https://opentelemetry.io/docs/specs/otlp/: STATUS_CODE_ERROR
    error: one.status.code === 2 ? (one.status.message ?? 'failed').slice(0, MAX_TEXT) : null,
    facts: Object.fromEntries(
      one.attributes
        .filter(({ key }) => key.startsWith('movie_load.'))
        .map((fact) => [fact.key.slice(11), textOfValue(fact)]),
    ),
  };
}
