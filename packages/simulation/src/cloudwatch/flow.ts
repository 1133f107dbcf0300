// Models jobs as flows: messages a second that are sent and deleted, and messages that wait.

export interface FleetJob {
  /** When it is sent, in milliseconds of the run. */
  readonly startsOn: number;
  readonly messages: number;
  readonly messageBytes: number;
  readonly messageGroups: number;
  /** The messages a second that its producer sends. */
  readonly sentPerSecond: number;
  /** The messages a second that one consumer stores and deletes. */
  readonly storedPerSecond: number;
  /** The concurrent receives of one consumer: it needs as many message groups for its full speed. */
  readonly receivesAtOnce: number;
  readonly writeUnitsPerMessage: number;
}

export interface Flow {
  readonly job: FleetJob;
  sent: number;
  /** The messages sent before the current step: those of this step are not received yet. */
  sentBefore: number;
  deleted: number;
}

/** The remaining resources of a step: seconds of all consumers together, and write units. */
export interface Supply {
  seconds: number;
  units: number;
}

export const createFlow = (job: FleetJob): Flow => ({ job, sent: 0, sentBefore: 0, deleted: 0 });

/** Messages sent in a step. */
export function send(flow: Flow, now: number, stepSeconds: number): number {
  const { startsOn, messages, sentPerSecond } = flow.job;
  const count = now >= startsOn ? Math.min(messages - flow.sent, sentPerSecond * stepSeconds) : 0;
  flow.sentBefore = flow.sent;
  flow.sent += count;
  return count;
}

/** Messages stored and deleted in a step, and those for which the table had no write units. */
export function store(flow: Flow, supply: Supply, stepSeconds: number): { deleted: number; refused: number } {
  const { storedPerSecond, writeUnitsPerMessage, messageGroups, receivesAtOnce, messages } = flow.job;
  const groupsLeft = Math.ceil((messageGroups * (flow.sent - flow.deleted)) / messages);
  const seconds = Math.min(supply.seconds, (groupsLeft / receivesAtOnce) * stepSeconds);
  const demand = Math.min(flow.sentBefore - flow.deleted, seconds * storedPerSecond);
  const deleted = Math.min(demand, supply.units / writeUnitsPerMessage);
  flow.deleted += deleted;
  // The last fraction of a message counts as deleted.
  if (messages - flow.deleted < 1e-6) flow.deleted = messages;
  supply.seconds -= demand / storedPerSecond;
  supply.units -= deleted * writeUnitsPerMessage;
  return { deleted, refused: demand - deleted };
}

export const backlogOf = (flows: readonly Flow[]): number =>
  flows.reduce((sum, { sent, deleted }) => sum + sent - deleted, 0);

/** When the oldest remaining message was sent; `now` when there is none. */
export function oldestSentOn(flows: readonly Flow[], now: number): number {
  return flows
    .filter(({ sent, deleted }) => sent > deleted)
    .reduce((oldest, { job, deleted }) => Math.min(oldest, job.startsOn + (deleted / job.sentPerSecond) * 1000), now);
}
