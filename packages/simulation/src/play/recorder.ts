// Records a run: each line of its trace becomes an event, with the faults that struck and the changes of the state that
// it caused.
import type { AnsweredCall, Effect, StartedCall } from '../engine/calls.ts';
import { EPOCH_MS } from '../engine/scheduler.ts';
import type { Simulation, WorldRecorder } from '../run/simulation.ts';
import type { Changes, JobState, MessageState, RecordedCall, RecordedEvent, RecordedJob } from './recording.ts';
import { currentMessages, jobState, recordedJob } from './snapshot.ts';

/** The maximum number of events of a recording. A run with an outage of hours has more; they are only counted. */
export const MAX_EVENTS = 10_000;
const MAX_CALLS = 20_000;
const MAX_TEXT_CHARACTERS = 300;

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

export interface Recorded {
  readonly jobs: readonly RecordedJob[];
  readonly visibility_seconds: number;
  readonly max_receive_count: number;
  readonly events: readonly RecordedEvent[];
  readonly calls: readonly RecordedCall[];
  readonly left_out: number;
}

export class RunRecorder implements WorldRecorder {
  readonly #events: Mutable<RecordedEvent>[] = [];
  readonly #calls: Mutable<RecordedCall>[] = [];
  /** Calls whose caller has no answer yet, by their site. */
  readonly #unanswered = new Map<string, Mutable<RecordedCall>>();
  readonly #state = new StateChanges();
  /** The process that received a message last, by the message's id. */
  readonly #receivers = new Map<string, string>();
  #simulation: Simulation | undefined;
  #leftOut = 0;
  /** Faults that have struck and are not in a recorded event yet. `who` is the process that they strike. */
  #pendingFaults: { readonly who: string; readonly id: string }[] = [];
  /** The first recorded event of the scheduler's current event; it gets the changes. */
  #currentEvent: Mutable<RecordedEvent> | undefined;
  /** Whether a call took effect since the state was last read. */
  #isDirty = false;

  onWorldCreated(simulation: Simulation): void {
    this.#simulation = simulation;
  }

  readonly note = (ms: number, who: string, what: string): void => {
    const faults = this.#pendingFaults.filter((fault) => fault.who === who).map(({ id }) => id);
    this.#pendingFaults = this.#pendingFaults.filter((fault) => fault.who !== who);
    this.#addFaultEvents();
    this.#add(ms, who, what, faults);
    // The world and operators change the state without a call of a process, so `onEffect` does not report it.
    if (who === 'world' || who === 'operator') this.#isDirty = true;
  };

  readonly onFault = (id: string): void => {
    this.#pendingFaults.push({ who: targetOf(id), id });
  };

  readonly onCall = ({ site }: StartedCall): void => {
    if (this.#calls.length >= MAX_CALLS) {
      this.#leftOut += 1;
      return;
    }
    const call = { site, from: this.#events.length };
    this.#calls.push(call);
    this.#unanswered.set(site, call);
  };

  readonly onAnswer = ({ site, output }: AnsweredCall): void => {
    const call = this.#unanswered.get(site);
    if (call === undefined) return;
    this.#unanswered.delete(site);
    call.to = this.#events.length;
    if (output === undefined) call.failed = true;
  };

  readonly onEffect = ({ process, operation, output }: Effect): void => {
    this.#isDirty = true;
    if (operation !== 'ReceiveMessage' || !('Messages' in output) || !Array.isArray(output.Messages)) return;
    for (const { MessageId } of output.Messages) this.#receivers.set(String(MessageId), process.name);
  };

  readonly onNextEvent = (): void => {
    this.#addFaultEvents();
    if (this.#isDirty) this.#attachChanges();
    this.#currentEvent = undefined;
  };

  /** Ends the recording. `violation` describes the broken invariant; it becomes the last event. */
  end(violation?: string): Recorded {
    this.onNextEvent();
    if (violation !== undefined) this.#events.push({ ms: this.#now(), who: 'oracle', what: truncate(violation) });
    const { world, jobs } = this.#requireSimulation();
    return {
      jobs: jobs.map(recordedJob),
      visibility_seconds: world.visibilitySeconds,
      max_receive_count: world.maxReceiveCount,
      events: this.#events,
      calls: this.#calls,
      left_out: this.#leftOut,
    };
  }

  #requireSimulation(): Simulation {
    if (this.#simulation === undefined)
      throw new Error('The recorder has no simulation yet. Call onWorldCreated() first.');
    return this.#simulation;
  }

  #now(): number {
    return this.#requireSimulation().scheduler.now() - EPOCH_MS;
  }

  #add(ms: number, who: string, what: string, faults: readonly string[]): void {
    if (this.#events.length >= MAX_EVENTS) {
      this.#leftOut += 1;
      return;
    }
    const event = { ms, who, what: truncate(what), ...(faults.length > 0 && { faults }) };
    this.#events.push(event);
    this.#currentEvent ??= event;
  }

  /** Faults that no line of the trace reports, such as failed entries of a batch, become events of their own. */
  #addFaultEvents(): void {
    const byProcess = Map.groupBy(this.#pendingFaults, ({ who }) => who);
    this.#pendingFaults = [];
    for (const [who, faults] of byProcess) {
      const ids = faults.map(({ id }) => id);
      this.#add(this.#now(), who, ids.map(describeFault).join(', '), ids);
    }
  }

  #attachChanges(): void {
    this.#isDirty = false;
    // A full recording has no event that could get the changes.
    if (this.#events.length >= MAX_EVENTS) return;
    const changes = this.#state.takeChanges(this.#requireSimulation(), (id) => this.#receivers.get(id));
    if (changes === undefined) return;
    if (this.#currentEvent === undefined) this.#add(this.#now(), 'world', describeChangeBySqs(changes), []);
    if (this.#currentEvent !== undefined) this.#currentEvent.changes = changes;
  }
}

/** Remembers the state, and returns what has changed since the last call of `takeChanges`. */
class StateChanges {
  /** The number of each message in the recording, by the message's id. */
  readonly #numbers = new Map<string, number>();
  /** The last state of each message as JSON, by the message's id. */
  readonly #messages = new Map<string, string>();
  /** The last state of each job as JSON, by the job's index and the member of `JobState`. */
  readonly #jobs = new Map<number, Map<string, string>>();

  takeChanges(simulation: Simulation, receiverOf: (id: string) => string | undefined): Changes | undefined {
    const messages = this.#changedMessages(simulation, receiverOf);
    const jobs: Record<string, Partial<JobState>> = {};
    for (const [index, job] of simulation.jobs.entries()) {
      const changed = this.#changedJobState(index, jobState(job, simulation));
      if (Object.keys(changed).length > 0) jobs[index] = changed;
    }
    const hasMessages = Object.keys(messages).length > 0;
    const hasJobs = Object.keys(jobs).length > 0;
    return hasMessages || hasJobs ? { ...(hasMessages && { messages }), ...(hasJobs && { jobs }) } : undefined;
  }

  #changedMessages(simulation: Simulation, receiverOf: (id: string) => string | undefined) {
    const changed: Record<string, MessageState | null> = {};
    const removedIds = new Set(this.#messages.keys());
    for (const { id, state } of currentMessages(simulation, receiverOf)) {
      removedIds.delete(id);
      const json = JSON.stringify(state);
      if (this.#messages.get(id) === json) continue;
      this.#messages.set(id, json);
      changed[this.#numberOf(id)] = state;
    }
    for (const id of removedIds) {
      this.#messages.delete(id);
      changed[this.#numberOf(id)] = null;
    }
    return changed;
  }

  #changedJobState(index: number, state: JobState): Partial<JobState> {
    const lastJson = this.#jobs.get(index) ?? new Map<string, string>();
    this.#jobs.set(index, lastJson);
    const changed = Object.entries(state).filter(([key, value]) => {
      const json = JSON.stringify(value);
      const isNew = lastJson.get(key) !== json;
      lastJson.set(key, json);
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

const truncate = (text: string) =>
  text.length > MAX_TEXT_CHARACTERS ? `${text.slice(0, MAX_TEXT_CHARACTERS)}…` : text;

/** The process that a fault strikes; `world` for a fault that belongs to no process, such as an outage. */
function targetOf(id: string): string {
  if (id.includes('|')) return id.slice(0, id.indexOf('|'));
  return id.startsWith('interrupt ') ? id.slice('interrupt '.length) : 'world';
}

/**
 * `redrive.5|sqs:DeleteMessageBatch|1 round 2 entry 3 entry_refused` as `DeleteMessageBatch 1 round 2 entry 3
 * entry_refused`
 */
const describeFault = (id: string) => id.slice(id.indexOf('|') + 1).replace(/^\w+:(\w+)\|/, '$1 ');

const describeChangeBySqs = ({ messages = {} }: Changes) =>
  Object.values(messages).some((state) => state?.queue === 'dead_letters')
    ? 'SQS moves a message to the dead-letter queue'
    : 'SQS changes what is visible';
