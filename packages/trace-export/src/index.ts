// Exports spans with OpenTelemetry's SDK, as OTLP over HTTP (JSON). OpenTelemetry's own variables,
// `OTEL_EXPORTER_OTLP_…`, set the address and the headers; the timeout is set here.
import { randomBytes } from 'node:crypto';
import type { OpenSpan, SpanSink, SpanSinkOptions, SpanStart } from '@movie-load/tracing';
import { type Context, ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace';

const EXPORT_INTERVAL_MS = 1000;
/** Spans that wait to be exported, about 4 MB; further ones are dropped. */
const MAX_WAITING_SPANS = 4096;
const EXPORT_TIMEOUT_MS = 5000;

const KINDS: Readonly<Record<SpanStart['kind'], SpanKind>> = {
  internal: SpanKind.INTERNAL,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
};

export function createSpanSink({ service, instance, onError }: SpanSinkOptions): SpanSink {
  const ids = createIdGenerator();
  const exporter = reportingFailures(new OTLPTraceExporter({ timeoutMillis: EXPORT_TIMEOUT_MS }), onError);
  const processor = new BatchSpanProcessor({
    exporter,
    scheduledDelayMillis: EXPORT_INTERVAL_MS,
    maxQueueSize: MAX_WAITING_SPANS,
    exportTimeoutMillis: EXPORT_TIMEOUT_MS,
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
      ids.setNext(traceId, spanId);
      const span = tracer.startSpan(
        name,
        {
          kind: KINDS[kind],
          attributes: { ...attributes } as Record<string, string | number | boolean | string[]>,
          ...(startMs === undefined ? {} : { startTime: new Date(startMs) }),
          links: links.map((link) => ({ context: { ...link, traceFlags: TraceFlags.SAMPLED } })),
        },
        parentId === undefined ? ROOT_CONTEXT : childContext(traceId, parentId),
      );
      return {
        spanId: span.spanContext().spanId,
        end({ endMs, error, attributes: endAttributes } = {}) {
          if (endAttributes !== undefined)
            span.setAttributes({ ...endAttributes } as Record<string, string | string[]>);
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
      if (exporter.isFailing) return;
      const { promise: timeout, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, limitMs);
      await Promise.race([provider.shutdown().catch(onError), timeout]);
      clearTimeout(timer);
    },
  };
}

const childContext = (traceId: string, spanId: string): Context =>
  trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: TraceFlags.SAMPLED });

/** The SDK asks an id generator for the ids of each span; this one returns the ids that the caller has set. */
function createIdGenerator() {
  let traceId = '';
  let spanId: string | undefined;
  return {
    setNext(newTraceId: string, newSpanId: string | undefined) {
      traceId = newTraceId;
      spanId = newSpanId;
    },
    generateTraceId: () => traceId,
    generateSpanId: () => spanId ?? randomBytes(8).toString('hex'),
  };
}

/** Reports the first failure of a receiver, and the next one only after a success. */
function reportingFailures(
  exporter: SpanExporter,
  onError: (error: unknown) => void,
): SpanExporter & { readonly isFailing: boolean } {
  let isFailing = false;
  return {
    /** True when the last export failed or timed out. */
    get isFailing() {
      return isFailing;
    },
    export(spans: ReadableSpan[], done: (result: ExportResult) => void) {
      exporter.export(spans, (result) => {
        const hasFailed = result.code !== ExportResultCode.SUCCESS;
        if (hasFailed && !isFailing) onError(result.error ?? new Error('the receiver accepted no spans'));
        isFailing = hasFailed;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
  };
}
