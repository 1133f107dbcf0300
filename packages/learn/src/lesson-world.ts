// The world that a lesson's script works with.
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
  /** The pipeline's queue, dead-letter queue, table and bucket; calls are not retried. */
  readonly queue: OpenQueue;
  readonly dlq: OpenQueue;
  readonly table: SingleCallTable;
  readonly objects: ObjectsPort;
  readonly clock: LessonClock;
  readonly random: Random;
  readonly notes: readonly Note[];
  /** Notes for viewers what happened. @param atMs time on the lesson's clock. Default: now */
  note(text: string, atMs?: number): void;
  /** Reports a new value of a watched number. Viewers see it, as a chart if it changes often. */
  reportValue(name: string, value: number): void;
  /** Runs `work` as the process of this name, which is shown as the caller. */
  as<T>(name: string, work: () => T): T;
  /** Moves the clock forward. What is due happens, at its time. */
  forward(seconds: number): Promise<void>;
  /** Milliseconds since the lesson began, on its clock. */
  elapsedMs(): number;
  /** Resolves when this number of long polls waits at the queues. */
  untilPollsWait(count: number): Promise<void>;
  ownQueue(name: string, attributes?: Readonly<Record<string, string>>): Promise<OwnQueue>;
  /** Sends a job; the same numbers give the same movies. */
  sendJob(movies: number, moviesPerMessage?: number): Promise<JobPlan>;
  consumer(name: string, options?: LessonConsumerOptions): LessonConsumer;
}

export interface LessonConsumerOptions {
  /** Visibility timeout of its receives. Default: 60. */
  readonly visibilitySeconds?: number;
  /** The visibility timeout that it assumes for its heartbeats. Default: that of its receives. */
  readonly heartbeatVisibilitySeconds?: number;
  /** Duration of each write of movies. Default: 0. */
  readonly writeSeconds?: number;
  /** The call at which the process is killed, before it is made: `delete`, `putBatch`, `update` … */
  readonly killedAtCall?: string;
  /** The smallest number of movies in a part of an object. Default: enough to fill 5 MiB. */
  readonly minPartMovies?: number;
  /** Called before each sleep of the consumer, e.g. the pause before a retry. */
  readonly onSleep?: () => Promise<void>;
}

export interface LessonConsumer {
  receive(max?: number): Promise<readonly ReceivedMessage[]>;
  /** Stores, counts, completes and deletes. Never resolves when the process is killed. */
  handle(messages: readonly ReceivedMessage[]): Promise<void>;
  /** Kills it at the next call of this name, before the call is made. */
  killAtCall(call: string): void;
  /** Like SIGKILL: it makes no further call and receives no further response. */
  kill(): void;
  /** Number of movies that it has stored, including repeats. */
  readonly storedMovies: number;
}
