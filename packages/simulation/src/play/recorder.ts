// Records a run: each line of its trace as an event, with its faults and its changes of the state.
import type { AnsweredCall, Effect, MadeCall } from '../engine/calls.ts';
import { EPOCH_MS } from '../engine/scheduler.ts';
import type { Simulation, WorldRecorder } from '../run/simulation.ts';
import type { Changes, JobState, MessageState, RecordedCall, RecordedEvent, RecordedJob } from './recording.ts';
import { jobState, messagesNow, recordedJob } from './snapshot.ts';

/** The most events of a recording: a run with an outage of hours has more. */
export const MOST_EVENTS = 10_000;
const MOST_CALLS = 20_000;
const MOST_CHARACTERS = 300;

type Open<T> = { -readonly [Key in keyof T]: T[Key] };

export interface Recorded {
  readonly jobs: readonly RecordedJob[];
  readonly visibility_seconds: number;
  readonly max_receive_count: number;
  readonly events: readonly RecordedEvent[];
  readonly calls: readonly RecordedCall[];
  readonly left_out: number;
}

export class RunRecorder implements WorldRecorder {
  readonly #events: Open<RecordedEvent>[] = [];
  readonly #calls: Open<RecordedCall>[] = [];
  readonly #open = new Map<string, Open<RecordedCall>>();
  readonly #state = new StateChanges();
  readonly #holders = new Map<string, string>();
  #simulation: Simulation | undefined;
  #leftOut = 0;
  /** Faults that have struck and are not in an event yet. */
  #striking: { readonly who: string; readonly id: string }[] = [];
  /** The first event since the scheduler's last one began. */
  #first: Open<RecordedEvent> | undefined;
  /** Whether a call took effect since the state was last read. */
  #isDirty = false;

  begins(simulation: Simulation): void {
    this.#simulation = simulation;
  }

  readonly note = (ms: number, who: string, what: string): void => {
    const mine = this.#striking.filter((fault) => fault.who === who).map(({ id }) => id);
    this.#striking = this.#striking.filter((fault) => fault.who !== who);
    this.#tellOfFaults();
    this.#add(ms, who, what, mine);
    // Actions of operators by hand are not calls of a process.
    if (who === 'world' || who === 'operator') this.#isDirty = true;
  };

  readonly fault = (id: string): void => {
    this.#striking.push({ who: struckBy(id), id });
  };

  readonly made = ({ site }: MadeCall): void => {
    if (this.#calls.length >= MOST_CALLS) {
      this.#leftOut += 1;
      return;
    }
    const call = { site, from: this.#events.length };
    this.#calls.push(call);
    this.#open.set(site, call);
  };

  readonly answered = ({ site, output }: AnsweredCall): void => {
    const call = this.#open.get(site);
    if (call === undefined) return;
    this.#open.delete(site);
    call.to = this.#events.length;
    if (output === undefined) call.failed = true;
  };

  readonly tookEffect = ({ process, operation, output }: Effect): void => {
    this.#isDirty = true;
    if (operation !== 'ReceiveMessage' || !('Messages' in output) || !Array.isArray(output.Messages)) return;
    for (const { MessageId } of output.Messages) this.#holders.set(String(MessageId), process.name);
  };

  readonly nextEvent = (): void => {
    this.#tellOfFaults();
    if (this.#isDirty) this.#look();
    this.#first = undefined;
  };

  /** The recording. `last` is the line of a broken promise. */
  end(last?: string): Recorded {
    this.nextEvent();
    if (last !== undefined) this.#events.push({ ms: this.#now(), who: 'oracle', what: cut(last) });
    const { world, jobs } = this.#world();
    return {
      jobs: jobs.map(recordedJob),
      visibility_seconds: world.visibilitySeconds,
      max_receive_count: world.maxReceiveCount,
      events: this.#events,
      calls: this.#calls,
      left_out: this.#leftOut,
    };
  }

  #world(): Simulation {
    if (this.#simulation === undefined) throw new Error('a recorder is asked before its run begins');
    return this.#simulation;
  }

  #now(): number {
    return this.#world().scheduler.now() - EPOCH_MS;
  }

  #add(ms: number, who: string, what: string, faults: readonly string[]): void {
    if (this.#events.length >= MOST_EVENTS) {
      this.#leftOut += 1;
      return;
    }
    const event = { ms, who, what: cut(what), ...(faults.length > 0 && { faults }) };
    this.#events.push(event);
    this.#first ??= event;
  }

  /** Entries of a batch fail without a line of the trace. */
  #tellOfFaults(): void {
    const striking = Map.groupBy(this.#striking, ({ who }) => who);
    this.#striking = [];
    for (const [who, faults] of striking) {
      const ids = faults.map(({ id }) => id);
      this.#add(this.#now(), who, ids.map(inWords).join(', '), ids);
    }
  }

  #look(): void {
    this.#isDirty = false;
    // A full recording ignores them.
    if (this.#events.length >= MOST_EVENTS) return;
    const changes = this.#state.since(this.#world(), (id) => this.#holders.get(id));
    if (changes === undefined) return;
    if (this.#first === undefined) this.#add(this.#now(), 'world', movedBySqs(changes), []);
    if (this.#first !== undefined) this.#first.changes = changes;
  }
}

/** The changes since the last call. */
class StateChanges {
  readonly #numbers = new Map<string, number>();
  readonly #messages = new Map<string, string>();
  readonly #jobs = new Map<number, Map<string, string>>();

  since(simulation: Simulation, holderOf: (id: string) => string | undefined): Changes | undefined {
    const messages = this.#newMessages(simulation, holderOf);
    const jobs: Record<string, Partial<JobState>> = {};
    for (const [index, job] of simulation.jobs.entries()) {
      const changed = this.#newIn(index, jobState(job, simulation));
      if (Object.keys(changed).length > 0) jobs[index] = changed;
    }
    const isMessages = Object.keys(messages).length > 0;
    const isJobs = Object.keys(jobs).length > 0;
    return isMessages || isJobs ? { ...(isMessages && { messages }), ...(isJobs && { jobs }) } : undefined;
  }

  #newMessages(simulation: Simulation, holderOf: (id: string) => string | undefined) {
    const changed: Record<string, MessageState | null> = {};
    const gone = new Set(this.#messages.keys());
    for (const { id, state } of messagesNow(simulation, holderOf)) {
      gone.delete(id);
      const json = JSON.stringify(state);
      if (this.#messages.get(id) === json) continue;
      this.#messages.set(id, json);
      changed[this.#numberOf(id)] = state;
    }
    for (const id of gone) {
      this.#messages.delete(id);
      changed[this.#numberOf(id)] = null;
    }
    return changed;
  }

  #newIn(index: number, state: JobState): Partial<JobState> {
    const before = this.#jobs.get(index) ?? new Map<string, string>();
    this.#jobs.set(index, before);
    const changed = Object.entries(state).filter(([key, value]) => {
      const json = JSON.stringify(value);
      const isNew = before.get(key) !== json;
      before.set(key, json);
      return isNew;
    });
    return Object.fromEntries(changed);
  }

  #numberOf(id: string): number {
    const number = this.#numbers.get(id) ?? this.#numbers.size;
    this.#numbers.set(id, number);
    return number;
  }
}

const cut = (text: string) => (text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text);

/** The process that a fault strikes; faults of all processes strike the world. */
function struckBy(id: string): string {
  if (id.includes('|')) return id.slice(0, id.indexOf('|'));
  return id.startsWith('interrupt ') ? id.slice('interrupt '.length) : 'world';
}

/**
 * `redrive.5|sqs:DeleteMessageBatch|1 round 2 entry 3 entry_refused` as `DeleteMessageBatch 1 round 2 entry 3
 * entry_refused`
 */
const inWords = (id: string) => id.slice(id.indexOf('|') + 1).replace(/^\w+:(\w+)\|/, '$1 ');

const movedBySqs = ({ messages = {} }: Changes) =>
  Object.values(messages).some((state) => state?.queue === 'dead_letters')
    ? 'SQS moves a message to the dead-letter queue'
    : 'SQS changes what is visible';
