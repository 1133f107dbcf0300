// Jobs, their maps, messages and movies, as the console's server says them to its page. Types alone.
import type { JobView as CommonJobView } from '@movie-load/operations';

/** A job as the command line shows it too, and what its map needs. */
export interface JobView extends CommonJobView {
  readonly movies_per_message: number;
  readonly seed: number;
  /** Messages of each group but the last, which has what is left. */
  readonly group_size: number;
  readonly plan_token: string;
  /** `SendMessageBatch` calls of its sending, by its plan. */
  readonly planned_sends: number;
}
export interface JobsPage {
  readonly jobs: readonly JobView[];
  readonly next: string | null;
}

/** How far a job is, for its map. */
export interface JobProgress {
  readonly job: JobView;
  /** Exact once every ledger was read (`exact`); until then by what was read so far. */
  readonly stored_messages: number;
  readonly exact: boolean;
  readonly dead_messages: number;
  /** In flight and not counted yet; null: the endpoint does not report. */
  readonly in_flight_messages: number | null;
  /** Stored and counted, and still in the queue; null as above. */
  readonly undeleted_messages: number | null;
  /** Received, not deleted, and visible again: the next receive brings them. 0 also where the endpoint does not report. */
  readonly returned_messages: number;
  /** Who received what is in flight, those with the most messages first; at most 20. */
  readonly receivers: readonly Receiver[];
  /** One character a part of the object: `.` not yet, `s` in S3. Null: S3 did not tell, or was not asked. */
  readonly part_states: string | null;
  /** Grows with every change: read lanes and heat again. */
  readonly version: number;
}

/** Messages of a job that one receiver has in flight. */
export interface Receiver {
  /** The last caller that received messages of these groups, as its client names itself; null: the endpoint does not report. */
  readonly by: string | null;
  readonly groups: number;
  readonly messages: number;
  /** Of these, stored and counted. */
  readonly stored: number;
  /** When the last of them is visible again, in milliseconds since the epoch at this server; null: it does not report. */
  readonly until: number | null;
}

/** The heat map: per bucket of message groups the share that is stored, 0 to 100. */
export interface Heat {
  readonly groups: number;
  readonly groups_per_bucket: number;
  readonly percent: readonly number[];
  /** Buckets with a dead-lettered message. */
  readonly dead: readonly number[];
}

/**
 * One character a message: `.` not seen, `s` stored, `u` stored and not yet deleted from the queue, `f` in flight and not
 * stored, `d` dead-lettered.
 */
export interface Lane {
  readonly group: number;
  readonly first: number;
  readonly states: string;
  /** With `by=consumer`: per message the index into `consumers` of the one that stored it, −1 when it is not stored. */
  readonly by: readonly number[] | null;
  /** The consumer that has messages of the group in flight: until then no other one gets the group. Null: none has. */
  readonly in_flight: Omit<Receiver, 'groups'> | null;
}
export interface Lanes {
  readonly lanes: readonly Lane[];
  readonly consumers: readonly string[];
}

export interface MovieRow {
  readonly index: number;
  readonly movie_id: string;
  readonly title: string;
  readonly year: number;
  readonly actor: string;
  readonly director: string;
}

/** One message of a job, as a click on its cell shows it. */
export interface MessageView {
  readonly number: number;
  readonly group: number;
  readonly group_id: string;
  readonly first_movie: number;
  readonly movies: number;
  readonly state: 'not_seen' | 'stored' | 'undeleted' | 'in_flight' | 'dead_lettered';
  /** While it is in flight: until when it is hidden, and who received it; null as in `Receiver`. */
  readonly until: number | null;
  readonly received_by: string | null;
  readonly slices: readonly { readonly partition: string; readonly part: string }[];
  readonly stored_by: string | null;
  readonly sent_on: string | null;
  readonly received_on: string | null;
  readonly stored_on: string | null;
  readonly receives: number | null;
  /** Its first movies, at most 20. */
  readonly sample: readonly MovieRow[];
}

export interface MoviesPage {
  readonly movies: readonly MovieRow[];
  /** Where to go on, null at the end. */
  readonly next: number | null;
  /** Movies looked at for this answer: a search reads a limited number. */
  readonly looked_at: number;
  readonly total: number;
}
