// Records spans for tests.
import type { SpanSink, SpanStart } from '@movie-load/tracing';

export interface RecordedSpan extends SpanStart {
  outcome?: { readonly error?: unknown; readonly attributes?: object | undefined };
}

/** Records every span in the order of their starts. */
export function recordSpans(): { readonly sink: SpanSink; readonly spans: readonly RecordedSpan[] } {
  const spans: RecordedSpan[] = [];
  const sink: SpanSink = {
    start(start) {
      const span: RecordedSpan = { ...start, spanId: start.spanId ?? String(spans.length).padStart(16, '0') };
      spans.push(span);
      return {
        spanId: span.spanId ?? '',
        end: (outcome = {}) => {
          span.outcome = outcome;
        },
      };
    },
    close: async () => undefined,
  };
  return { sink, spans };
}
