// Jobs, their maps, messages and movies, as the console's server sends them to its page. Types only.
import type { JobView as CommonJobView } from '@movie-load/operations';

/** A job as the command line shows it, and what the page’s map of the job needs. */
export interface JobView extends CommonJobView {
  readonly movies_per_message: number;
  readonly seed: number;
  /** Messages per group; the last group has the remaining ones. */
  readonly group_size: number;
  readonly plan_token: string;
  /** Number of `SendMessageBatch` calls that sending the job takes, calculated from its plan. */
  readonly planned_sends: number;
}
export interface JobsPage {
  readonly jobs: readonly JobView[];
  readonly next: string | null;
}

/** The progress of a job, for its map. */
export interface JobProgress {
  readonly job: JobView;
  /** Counted from the ledgers read so far: a lower bound unless `exact`. */
  readonly stored_messages: number;
  /** The last read included the ledgers of all groups that were not known to be full. */
  readonly exact: boolean;
  readonly dead_messages: number;
  /** In flight and not counted as stored; null if the endpoint does not report it. */
  readonly in_flight_messages: number | null;
  /** Counted as stored and still in the queue; null as above. */
  readonly undeleted_messages: number | null;
  /** Received, not deleted, and visible again: the next receive returns them. 0 if the endpoint does not report it. */
  readonly returned_messages: number;
  /** The receivers of in-flight messages, those with the most messages first; at most 20. */
  readonly receivers: readonly Receiver[];
  /** One character per part of the object: `s` in S3, `.` not yet. Null if S3 was not called, or did not report it. */
  readonly part_states: string | null;
  /** Increases when lanes or heat change: then the page reads them again. */
  readonly version: number;
}

/** Messages of a job that one receiver has in flight. */
export interface Receiver {
  /** The client name of the last receiver of these groups' messages; null if the endpoint does not report it. */
  readonly by: string | null;
  readonly groups: number;
  readonly messages: number;
  /** The messages among these that are counted as stored. */
  readonly stored: number;
  /** When the last of them becomes visible, in milliseconds since the epoch by this server's clock; null if unknown. */
  readonly until: number | null;
}

/** The heat map: the stored share of each bucket of message groups, 0 to 100. */
export interface Heat {
  readonly groups: number;
  readonly groups_per_bucket: number;
  readonly percent: readonly number[];
  /** Buckets with a dead-lettered message. */
  readonly dead: readonly number[];
}

/**
 * One character per message: `s` stored, `u` stored and not yet deleted from the queue, `f` in flight and not stored,
 * `d` dead-lettered, `.` none of these.
 */
export interface Lane {
  readonly group: number;
  readonly first: number;
  readonly states: string;
  /** With `by=consumer`: for each message the index in `consumers` of its storer, or −1 when it is not stored. */
  readonly by: readonly number[] | null;
  /** The consumer that has messages of the group in flight, which block the group for others. Null if there is none. */
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

/** One message of a job, shown after a click on its cell. */
export interface MessageView {
  readonly number: number;
  readonly group: number;
  readonly group_id: string;
  readonly first_movie: number;
  readonly movies: number;
  readonly state: 'not_seen' | 'stored' | 'undeleted' | 'in_flight' | 'dead_lettered';
  /** While it is in flight: the end of its visibility timeout, and its receiver; null as in `Receiver`. */
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
  /** The start of the next page; null at the end. */
  readonly next: number | null;
  /** Number of movies read for this response: a search reads a limited number. */
  readonly looked_at: number;
  readonly total: number;
}
