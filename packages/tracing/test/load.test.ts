// When traces are exported, by OpenTelemetry's own variables.
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
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: AT, OTEL_TRACES_EXPORTER: ' none ' }, false],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: AT, OTEL_TRACES_EXPORTER: 'otlp' }, true],
])('with %j traces are exported: %s', (env, wanted) => {
  expect(tracesAreWanted(env)).toBe(wanted);
});

it('loadSpans loads nothing where traces are not exported', async () => {
  const options = {
    service: 'consumer',
    instance: 'one',
    onError: (error: unknown) => expect(error).toBeUndefined(),
  };
  expect(await loadSpans({ OTEL_EXPORTER_OTLP_ENDPOINT: AT, OTEL_SDK_DISABLED: 'true' }, options)).toBeUndefined();
});

it('loadSpans loads a sink where traces are exported; if that fails it reports the error, without a sink', async () => {
  const errors: unknown[] = [];
  const options = { service: 'consumer', instance: 'one', onError: (error: unknown) => errors.push(error) };
  const sink = await loadSpans({ OTEL_EXPORTER_OTLP_ENDPOINT: AT }, options);
  expect(sink).toMatchObject({ start: expect.any(Function), close: expect.any(Function) });
  await sink?.close(0);
  expect(errors).toEqual([]);
  const broken = new Error('no such module');
  const failing = {
    ...options,
    get service(): string {
      throw broken;
    },
  };
  expect(await loadSpans({ OTEL_EXPORTER_OTLP_ENDPOINT: AT }, failing)).toBeUndefined();
  expect(errors).toEqual([broken]);
  expect(await loadSpans({}, failing)).toBeUndefined();
  expect(errors).toHaveLength(1);
});
