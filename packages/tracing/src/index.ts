export { createCallSpans, type ParentSpan } from './calls.ts';
export { jobSpanId, sendSpanId, traceIdOf } from './ids.ts';
export { loadSpans, tracesAreWanted } from './load.ts';
export { ATTRIBUTE, messagingAttributes } from './names.ts';
export { isSampled } from './sampling.ts';
export type { OpenSpan, SpanLink, SpanSink, SpanSinkOptions, SpanStart } from './spans.ts';
