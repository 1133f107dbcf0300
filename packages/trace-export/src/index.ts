// Exports spans by OpenTelemetry's SDK, as OTLP over HTTP (JSON). OpenTelemetry's own variables, `OTEL_EXPORTER_OTLP_…`,
// set the address, the headers and the timeouts.
import { randomBytes } from 'node:crypto';
import type { OpenSpan, SpanExport, SpanSink, SpanStart } from '@movie-load/tracing';
import { type Context, ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace';

const EVERY_MS = 1000;
/** Spans that wait to be exported, about 4 MB; further ones are dropped. */
const MAX_WAITING = 4096;
const EXPORT_LIMIT_MS = 5000;

const KINDS: Readonly<Record<SpanStart['kind'], SpanKind>> = {
  internal: SpanKind.INTERNAL,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
};

export function createSpanSink({ service, instance, onError }: SpanExport): SpanSink {
  const ids = createIds();
  const exporter = watched(new OTLPTraceExporter({ timeoutMillis: EXPORT_LIMIT_MS }), onError);
  const processor = new BatchSpanProcessor({
    exporter,
    scheduledDelayMillis: EVERY_MS,
    maxQueueSize: MAX_WAITING,
    exportTimeoutMillis: EXPORT_LIMIT_MS,
  });
  const provider = new TracerProvider({
    idGenerator: ids,
    spanProcessors: [processor],
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': `movie-load-${service}`, 'service.instance.id': instance }))
      .merge(detectResources({ detectors: [envDetector] })),
  });
  const tracer = provider.getTracer('movie-load');

  return {
    start({ name, kind, traceId, spanId, parentId, startMs, attributes, links = [] }): OpenSpan {
      ids.next(traceId, spanId);
      const span = tracer.startSpan(
        name,
        {
          kind: KINDS[kind],
          attributes: { ...attributes } as Record<string, string | number | boolean | string[]>,
          ...(startMs === undefined ? {} : { startTime: new Date(startMs) }),
          links: links.map((link) => ({ context: { ...link, traceFlags: TraceFlags.SAMPLED } })),
        },
        parentId === undefined ? ROOT_CONTEXT : below(traceId, parentId),
      );
      return {
        spanId: span.spanContext().spanId,
        end({ endMs, error, attributes: more } = {}) {
          if (more !== undefined) span.setAttributes({ ...more } as Record<string, string | string[]>);
          if (error !== undefined) {
            const { name: type, message } = error instanceof Error ? error : new Error(String(error));
            span.setAttribute('error.type', type);
            span.setStatus({ code: SpanStatusCode.ERROR, message });
          }
          span.end(endMs === undefined ? undefined : new Date(endMs));
        },
      };
    },
    async close(limitMs) {
      if (exporter.fails) return;
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, limitMs);
      await Promise.race([provider.shutdown().catch(onError), late]);
      clearTimeout(timer);
    },
  };
}

const below = (traceId: string, spanId: string): Context =>
  trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: TraceFlags.SAMPLED });

/** The SDK asks an id generator for the ids of each span; this one returns the ids that the caller has set. */
function createIds() {
  let traceId = '';
  let spanId: string | undefined;
  return {
    next(ofTrace: string, ofSpan: string | undefined) {
      traceId = ofTrace;
      spanId = ofSpan;
    },
    generateTraceId: () => traceId,
    generateSpanId: () => spanId ?? randomBytes(8).toString('hex'),
  };
}

/** Reports the first failure of a receiver, and the next one only after a success. */
function watched(
  exporter: SpanExporter,
  onError: (error: unknown) => void,
): SpanExporter & { readonly fails: boolean } {
  let fails = false;
  return {
    /** The last export failed or timed out. */
    get fails() {
      return fails;
    },
    export(spans: ReadableSpan[], done: (result: ExportResult) => void) {
      exporter.export(spans, (result) => {
        const hasFailed = result.code !== ExportResultCode.SUCCESS;
        if (hasFailed && !fails) onError(result.error ?? new Error('the receiver accepted no spans'));
        fails = hasFailed;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
  };
}
