// The state of a recorded world after one of its events: the sum of all changes so far. Pure: tests need no browser.
import type { JobState, MessageState, RecordedCall, RecordedEvent, Recording } from '../../simulation-api.ts';

export interface WorldState {
  /** The messages in the queues, by their numbers in the recording. */
  readonly messages: ReadonlyMap<string, MessageState>;
  /** `<job> <message>` of all messages that were ever in a queue. */
  readonly sent: ReadonlySet<string>;
  readonly jobs: readonly JobState[];
}

const NO_STATE: JobState = { status: 'none', stored: [], sets: [], parts: [], object: 'none' };

/** The state after `events[index]`; with −1, before the first event. */
export function stateAt({ events, jobs }: Recording, index: number): WorldState {
  const messages = new Map<string, MessageState>();
  const sent = new Set<string>();
  const states = jobs.map(() => NO_STATE);
  for (const { changes } of events.slice(0, index + 1)) {
    for (const [number, state] of Object.entries(changes?.messages ?? {})) {
      if (state === null) messages.delete(number);
      else messages.set(number, state);
      if (state?.of) sent.add(`${state.of.job} ${state.of.number}`);
    }
    for (const [job, changed] of Object.entries(changes?.jobs ?? {})) {
      states[Number(job)] = { ...(states[Number(job)] ?? NO_STATE), ...changed };
    }
  }
  return { messages, sent, jobs: states };
}

export type CellState = 'none' | 'waiting' | 'flight' | 'dead' | 'gone';

export interface MessageCell {
  readonly state: CellState;
  readonly text: string;
}

/** The state of a job's message at a time: that of its most important copy, if it was sent twice. */
export function messageCell(world: WorldState, job: number, number: number, ms: number): MessageCell {
  const copies = [...world.messages.values()].filter(({ of }) => of?.job === job && of.number === number);
  const inFlight = copies.find((copy) => copy.queue === 'queue' && isInFlight(copy, ms));
  if (inFlight?.in_flight) {
    return {
      state: 'flight',
      text: `in flight at ${inFlight.in_flight.by} until ${formatSeconds(inFlight.in_flight.until_ms)}`,
    };
  }
  const waiting = copies.find(({ queue }) => queue === 'queue');
  if (waiting) return { state: 'waiting', text: waiting.receives > 0 ? 'visible again' : 'waits in the queue' };
  if (copies.length > 0) return { state: 'dead', text: 'in the dead-letter queue' };
  return world.sent.has(`${job} ${number}`) ? { state: 'gone', text: 'deleted' } : { state: 'none', text: 'not sent' };
}

/** A message in flight is visible again when its visibility timeout expires, without an event. */
export const isInFlight = ({ in_flight }: MessageState, ms: number): boolean =>
  in_flight !== null && in_flight.until_ms > ms;

/** Seconds with the digits of a trace. */
export const formatSeconds = (ms: number): string => `${(ms / 1000).toFixed(3)} s`;

/** `consumer-1` for `consumer-1.3`: all starts of a process share a lane. */
export const laneOf = (who: string): string => who.replace(/\.\d+$/, '');

/** Processes in the order of the protocol; then the lanes for events of the whole world. */
const ORDER = [
  'producer',
  'consumer',
  'resume',
  'redrive',
  'purge',
  'look',
  'delete',
  'verify',
  'operator',
  'world',
  'oracle',
];

export function lanesOf({ events }: Recording): readonly string[] {
  const rank = (lane: string) => ORDER.findIndex((prefix) => lane.startsWith(prefix));
  return [...new Set(events.map(({ who }) => laneOf(who)))].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
}

export type Mark = 'sqs' | 'dynamodb' | 's3' | 'fault' | 'death' | 'start' | 'note' | 'failure' | 'verdict';

export function markOf({ who, what, faults }: RecordedEvent): Mark {
  if (who === 'oracle') return 'verdict';
  if (faults !== undefined) return 'fault';
  if (what.startsWith('✝')) return 'death';
  if (what === 'starts') return 'start';
  if (/^(?:sends|receives|deletes|hides)\b/.test(what)) return 'sqs';
  if (/^(?:ADD|SET|REMOVE|writes|removes|creates|reads)\b/.test(what)) return 'dynamodb';
  if (/^\w+ fails:/.test(what)) return 'failure';
  return /^(?:[A-Z]\w*(?:Object|Upload|Part|Parts|Uploads)|UploadPartCopy)\b/.test(what) ? 's3' : 'note';
}

export interface Site {
  readonly process: string;
  readonly operation: string;
  readonly count: string;
}

/** The parts of `consumer-1.1|dynamodb:UpdateItem|3`. */
export function siteOf(site: string): Site {
  const [process = '', call = '', count = ''] = site.split('|');
  return { process, operation: call.slice(call.indexOf(':') + 1), count };
}

/** The first call after an event, of one lane or of any; undefined if there is none. */
export function nextCall({ calls }: Recording, index: number, lane: string | null): RecordedCall | undefined {
  return calls.find(({ site, from }) => from > index && (lane === null || laneOf(siteOf(site).process) === lane));
}
