// When traces are wanted, by OpenTelemetry's own variables.
import { expect, it } from '@jest/globals';
import { loadSpans, tracesAreWanted } from '@movie-load/tracing';

const AT = 'http://127.0.0.1:4318';

it.each([
  [{}, false],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, false],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: AT }, true],
  [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: AT }, true],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: AT, OTEL_SDK_DISABLED: 'true' }, false],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: AT, OTEL_SDK_DISABLED: ' TRUE ' }, false],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: AT, OTEL_SDK_DISABLED: 'false' }, true],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: AT, OTEL_SDK_DISABLED: '' }, true],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: AT, OTEL_TRACES_EXPORTER: 'none' }, false],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: AT, OTEL_TRACES_EXPORTER: 'otlp' }, true],
])('%j: %s', (env, wanted) => {
  expect(tracesAreWanted(env)).toBe(wanted);
});

it('loads nothing where they are not', async () => {
  const options = {
    service: 'consumer',
    instance: 'one',
    onTrouble: (error: unknown) => expect(error).toBeUndefined(),
  };
  expect(await loadSpans({ OTEL_EXPORTER_OTLP_ENDPOINT: AT, OTEL_SDK_DISABLED: 'true' }, options)).toBeUndefined();
});
