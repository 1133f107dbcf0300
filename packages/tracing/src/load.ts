// Loads OpenTelemetry only when its own variables name a receiver.
import type { SpanSink, SpanSinkOptions } from './spans.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whether traces are exported, by the variables of
 * https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export function tracesAreWanted(env: Environment): boolean {
  if (env.OTEL_SDK_DISABLED?.trim().toLowerCase() === 'true') return false;
  if (env.OTEL_TRACES_EXPORTER?.trim() === 'none') return false;
  return Boolean(env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || env.OTEL_EXPORTER_OTLP_ENDPOINT);
}

/** Imported by its file, because no package depends on it: so `npm start` does not install OpenTelemetry. */
const TRACE_EXPORT_MODULE = new URL('../../trace-export/src/index.ts', import.meta.url).href;

/** Undefined when no receiver is named or OpenTelemetry is not installed: the service then works without traces. */
export async function loadSpans(env: Environment, options: SpanSinkOptions): Promise<SpanSink | undefined> {
  if (!tracesAreWanted(env)) return undefined;
  try {
    const { createSpanSink } = (await import(TRACE_EXPORT_MODULE)) as {
      createSpanSink: (options: SpanSinkOptions) => SpanSink;
    };
    const sink = createSpanSink(options);
    return sink;
  } catch (error) {
    options.onError(error);
    return undefined;
  }
}
