// The `/metrics` of a service, requested inside its container, because the port of a consumer is not published.
import { docker } from './docker.ts';

const SCRIPT =
  "fetch('http://127.0.0.1:' + process.env.HTTP_PORT + '/metrics').then((r) => r.text()).then((t) => process.stdout.write(t))";
const LINE = /^(\w+)(?:\{[^}]*operation="([^"]+)"[^}]*\})? ([0-9.e+]+)$/gm;

/** Sums of the containers: by metric, and by `metric operation` for metrics with that label. */
export async function metricsOf(containerIds: readonly string[]): Promise<Map<string, number>> {
  const texts = await Promise.all(containerIds.map((id) => docker(['exec', id, 'node', '-e', SCRIPT])));
  const sums = new Map<string, number>();
  for (const text of texts) {
    for (const [, name = '', operation, value] of text.matchAll(LINE)) {
      const keys = operation === undefined ? [name] : [name, `${name} ${operation}`];
      for (const key of keys) sums.set(key, (sums.get(key) ?? 0) + Number(value));
    }
  }
  return sums;
}
