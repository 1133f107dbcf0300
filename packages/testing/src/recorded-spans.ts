// Spans that a test can look at.
import type { SpanSink, SpanStart } from '@movie-load/tracing';

export interface RecordedSpan extends SpanStart {
  outcome?: { readonly error?: unknown; readonly attributes?: object | undefined };
}

/** Keeps every span in the order in which they began. */
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
