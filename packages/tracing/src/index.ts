export { type Around, createCallSpans } from './calls.ts';
export { jobSpanId, sendSpanId, traceIdOf } from './ids.ts';
export { loadSpans, tracesAreWanted } from './load.ts';
export { ATTRIBUTE, messagingAttributes } from './names.ts';
export { isSampled } from './sampling.ts';
export type { OpenSpan, SpanExport, SpanLink, SpanSink, SpanStart } from './spans.ts';
