// OpenTelemetry is loaded when its own variables name a receiver, and only then.
import type { SpanExport, SpanSink } from './spans.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** By the variables of https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ */
export function tracesAreWanted(env: Environment): boolean {
  if (env.OTEL_SDK_DISABLED?.trim().toLowerCase() === 'true') return false;
  if (env.OTEL_TRACES_EXPORTER?.trim() === 'none') return false;
  return Boolean(env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || env.OTEL_EXPORTER_OTLP_ENDPOINT);
}

/** By its file, not by its name: no package depends on it, so that `npm start` installs no OpenTelemetry. */
const EXPORT = new URL('../../trace-export/src/index.ts', import.meta.url).href;

/** Undefined when no receiver is named, and when OpenTelemetry is not installed: the service works without. */
export async function loadSpans(env: Environment, options: SpanExport): Promise<SpanSink | undefined> {
  if (!tracesAreWanted(env)) return undefined;
  try {
    const { createSpanSink } = (await import(EXPORT)) as { createSpanSink: (options: SpanExport) => SpanSink };
    const sink = createSpanSink(options);
    return sink;
  } catch (error) {
    options.onTrouble(error);
    return undefined;
  }
}
