// What a lesson's script works with.
import type {
  AwsClients,
  AwsSettings,
  ObjectsPort,
  OpenQueue,
  Random,
  ReceivedMessage,
  SingleCallTable,
} from '@movie-load/aws';
import type { Lab } from '@movie-load/local-aws';
import type { Note } from '@movie-load/operations/lessons';
import type { JobPlan } from '@movie-load/schema';
import type { LessonClock } from './clock.ts';
import type { OwnQueue } from './own-queue.ts';

export interface LessonWorld extends AsyncDisposable {
  readonly lab: Lab;
  readonly clients: AwsClients;
  readonly settings: AwsSettings;
  /** The pipeline's queue, dead-letter queue, table and bucket; each call is tried once. */
  readonly queue: OpenQueue;
  readonly dlq: OpenQueue;
  readonly table: SingleCallTable;
  readonly objects: ObjectsPort;
  readonly clock: LessonClock;
  readonly random: Random;
  readonly notes: readonly Note[];
  /** @param atMs on the lesson's clock; now unless given */
  note(text: string, atMs?: number): void;
  /** A number that the lesson watches: who looks on sees it change, and a chart of what changes often. */
  value(name: string, value: number): void;
  /** Does the work as the process of this name: calls are shown as its own. */
  as<T>(name: string, work: () => T): T;
  /** Lets time pass, and all that is due happen. */
  forward(seconds: number): Promise<void>;
  /** Milliseconds since the lesson began, on its clock. */
  elapsedMs(): number;
  /** Resolves when this number of receives waits at the queues. */
  polling(count: number): Promise<void>;
  ownQueue(name: string, attributes?: Readonly<Record<string, string>>): Promise<OwnQueue>;
  /** Sends a job; the same numbers give the same movies. */
  sendJob(movies: number, moviesPerMessage?: number): Promise<JobPlan>;
  consumer(name: string, options?: LessonConsumerOptions): LessonConsumer;
}

export interface LessonConsumerOptions {
  /** Of its receives; 60 unless given. */
  readonly visibilitySeconds?: number;
  /** What it believes about its visibility timeout, by which it sends heartbeats; that of its receives unless given. */
  readonly heartbeatFor?: number;
  /** How long each write of movies takes. */
  readonly writeSeconds?: number;
  /** The call at which the process is killed, before it is made: `delete`, `putBatch`, `update` … */
  readonly diesAt?: string;
  /** The least movies of a part of an object; as many as surely fill 5 MiB unless given. */
  readonly minPartMovies?: number;
  /** Called whenever it pauses before it tries a call again. */
  readonly onPause?: () => Promise<void>;
}

export interface LessonConsumer {
  receive(max?: number): Promise<readonly ReceivedMessage[]>;
  /** Stores, counts, completes and deletes. Never resolves when the process is killed. */
  handle(messages: readonly ReceivedMessage[]): Promise<void>;
  /** Is killed at the next call of this name, before it is made. */
  dieAt(call: string): void;
  /** SIGKILL: no call is made any more, no answer is seen. */
  kill(): void;
  /** Movies that it has stored, repeats included. */
  readonly storedMovies: number;
}
