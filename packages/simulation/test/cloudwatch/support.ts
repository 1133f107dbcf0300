// The committed template of the services, as it is and with a mistake in it.
import { readFileSync } from 'node:fs';
import { type FleetOptions, type FleetRun, runFleet } from '../../src/cloudwatch/fleet.ts';
import type { Names } from '../../src/cloudwatch/gauges.ts';
import type { Incident } from '../../src/cloudwatch/incidents.ts';
import { type Operations, readOperations } from '../../src/cloudwatch/template.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
/** Jobs and incidents begin when alarms have settled. */
export const BEGIN_MS = 30 * MINUTE_MS;

const text = readFileSync(new URL('../../../../infra/templates/services.json', import.meta.url), 'utf8');

export interface TemplateFile {
  readonly Resources: Record<string, { readonly Properties: Record<string, unknown> }>;
}

/** Reads alarms and scaling with these parameters of the template. */
export type Read = (parameters?: Readonly<Record<string, string | number>>) => Operations;

/** @param change puts a mistake into the template */
export function reader(change: (template: TemplateFile) => void = () => undefined): Read {
  const template: TemplateFile = JSON.parse(text);
  change(template);
  return (parameters = {}) => readOperations(template, { Image: 'image', ...parameters });
}

/** The names in a deployed stack. */
const NAMES: Names = {
  queue: 'movie-load.fifo',
  dlq: 'movie-load-dlq.fifo',
  table: 'movie-job-information',
  cluster: 'Cluster',
  service: 'ConsumerService',
};

/** Runs the fleet: three hours without jobs, unless the options say otherwise. */
export const run = (options: Partial<FleetOptions> & Pick<FleetOptions, 'operations'>): FleetRun =>
  runFleet({ names: NAMES, jobs: [], tableUnitsPerSecond: 4000, forMs: 3 * HOUR_MS, ...options });

export const incident = (kind: Incident['kind'], forMs = 2 * HOUR_MS): Incident => ({
  kind,
  from: BEGIN_MS,
  to: BEGIN_MS + forMs,
});
