// Models queue, consumers and table as flows, without single messages. The speeds are those of `movie-load capacity`
// (fleet-job.ts).
import { backlogOf, createFlow, type FleetJob, oldestSentOn, type Supply, send, store } from './flow.ts';
import { createLogGauge, createQueueGauge, createTableGauge, createTaskGauge, type Names } from './gauges.ts';
import { type CountIncidents, countIncidents, type Incident } from './incidents.ts';
import type { Metrics } from './metrics.ts';

export interface WorldOptions {
  readonly metrics: Metrics;
  readonly names: Names;
  readonly jobs: readonly FleetJob[];
  readonly incidents?: readonly Incident[];
  readonly tableUnitsPerSecond: number;
  /** The interval of the watcher of stalled jobs; undefined without a watcher. */
  readonly checkMs?: number | undefined;
  /** Tasks that run at the beginning. */
  readonly initialTasks: number;
}

export interface World {
  /** Advances by one step of time with `desired` tasks. */
  step(now: number, desired: number): void;
  /** The requested tasks, also those that still start. */
  readonly taskCount: number;
  /** Whether every job is sent, stored and deleted. */
  readonly isDrained: boolean;
}

export const STEP_MS = 10_000;
const STEP_SECONDS = STEP_MS / 1000;
/**
 * The time from the request for a task until it receives: ECS has to provide a machine, pull the image and start
 * it.
 */
const START_MS = 75_000;
const MESSAGES_OF_A_RECEIVE = 10;

export function createWorld(options: WorldOptions): World {
  const { metrics, names, jobs, incidents = [], tableUnitsPerSecond, initialTasks } = options;
  const incidentCount = countIncidents(incidents);
  const flows = jobs.map(createFlow);
  const tasks = createTasks(initialTasks, incidentCount);
  const queue = createQueueGauge(metrics, names.queue);
  const measureTable = createTableGauge(metrics, names.table);
  const measureTasks = createTaskGauge(metrics, names);
  const measureIncidents = createIncidentGauges(options, incidentCount);

  function storeMessages(now: number): void {
    const otherWriterShare = incidentCount('other_writer', now) > 0 ? 0.5 : 0;
    const tableShare = incidentCount('table_takes_less', now) > 0 ? 0.2 : 1;
    const tableUnits = tableUnitsPerSecond * STEP_SECONDS;
    const seconds = incidentCount('nothing_is_stored', now) > 0 ? 0 : tasks.receiving(now) * STEP_SECONDS;
    const supply: Supply = { seconds, units: tableUnits * (tableShare - otherWriterShare) };
    let [deleted, units, refused] = [0, tableUnits * otherWriterShare, 0];
    // Consumers work on the oldest job first.
    for (const flow of flows) {
      const stored = store(flow, supply, STEP_SECONDS);
      deleted += stored.deleted;
      units += stored.deleted * flow.job.writeUnitsPerMessage;
      refused += stored.refused * flow.job.writeUnitsPerMessage;
    }
    queue.recordDeleted(now, deleted);
    const demand = units === 0 ? 0 : (units + refused) / units;
    measureTable(now, { units, batches: deleted / MESSAGES_OF_A_RECEIVE, demand });
  }

  function measure(now: number): void {
    const receiving = tasks.receiving(now);
    const backlog = backlogOf(flows);
    // Consumers poll, which is activity too.
    if (receiving > 0 || backlog > 0) queue.recordActivity(now);
    const stuck = incidentCount('message_is_stuck', now);
    const maxInFlight = receiving * MESSAGES_OF_A_RECEIVE * (jobs[0]?.receivesAtOnce ?? 1);
    const inFlight = Math.min(backlog, maxInFlight) + stuck;
    const stuckFrom = incidents.filter(({ kind }) => kind === 'message_is_stuck').map(({ from }) => from);
    const stuckSince = stuck === 0 ? now : Math.min(...stuckFrom);
    // In whole seconds, as SQS reports it, so that rounding does not make it older.
    const oldestSeconds = Math.round((now - Math.min(oldestSentOn(flows, now), stuckSince)) / 1000);
    queue.recordContent(now, { visible: backlog + stuck - inFlight, inFlight, oldestSeconds });
    measureTasks(now, receiving);
    measureIncidents(now);
  }

  return {
    step(now, desired) {
      tasks.adjust(now, desired);
      for (const flow of flows) {
        const count = send(flow, now, STEP_SECONDS);
        if (count > 0) queue.recordActivity(now);
        queue.recordSent(now, count, flow.job.messageBytes);
      }
      storeMessages(now);
      measure(now);
    },
    get taskCount() {
      return tasks.count;
    },
    get isDrained() {
      return flows.every(({ job, deleted }) => deleted >= job.messages);
    },
  };
}

/** ECS: tasks start some time after they are requested, and end at once. */
function createTasks(initialTasks: number, incidentCount: CountIncidents) {
  /** When each task begins to receive; `Infinity` for a task that cannot start. */
  let tasks: number[] = Array.from({ length: initialTasks }, () => 0);
  return {
    adjust(now: number, desired: number): void {
      const wantedCount =
        desired * (incidentCount('deployment', now) > 0 ? 2 : 1) - incidentCount('spot_interruption', now);
      const startsOn = incidentCount('tasks_do_not_start', now) > 0 ? Infinity : now + START_MS;
      if (tasks.length > wantedCount) tasks = tasks.slice(0, Math.max(0, wantedCount));
      while (tasks.length < wantedCount) tasks.push(startsOn);
      // A task that could not start is requested again.
      tasks = tasks.map((on) => (on === Infinity ? startsOn : on));
    },
    receiving: (now: number) => tasks.filter((on) => on <= now).length,
    get count() {
      return tasks.length;
    },
  };
}

/** Publishes the metrics of incidents: dead letters, and lines of the log. */
function createIncidentGauges(
  { metrics, names, incidents = [], checkMs = Infinity }: WorldOptions,
  incidentCount: CountIncidents,
) {
  const dlq = createQueueGauge(metrics, names.dlq);
  const recordFatalLine = createLogGauge(metrics, 'FatalLines');
  const recordStalledJobs = createLogGauge(metrics, 'StalledCount');
  return (now: number): void => {
    const deadLetters = incidentCount('dead_letters', now);
    if (deadLetters > 0) dlq.recordActivity(now);
    dlq.recordContent(now, { visible: deadLetters, inFlight: 0, oldestSeconds: 0 });
    if (incidents.some(({ kind, from }) => kind === 'fatal_exit' && from === now)) recordFatalLine(now);
    if (now % checkMs === 0) recordStalledJobs(now, incidentCount('job_is_stalled', now));
  };
}
