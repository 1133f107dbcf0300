// Measurements of movie-load's own speed, in one place with their date and source. `npm run bench -- --replicas` writes
// measured.json; the simulation's model of whole jobs and estimates of capacity read it.
import measured from './measured.json' with { type: 'json' };

/** CPU time of one process. */
export interface StepCpu {
  /** Milliseconds of a small call to AWS. */
  readonly call_ms: number;
  /** Microseconds to receive, check and store a movie, without the calls. */
  readonly stored_movie_us: number;
  /** Microseconds to read a movie back and write it to the object, without the calls. */
  readonly assembled_movie_us: number;
}

/** CPU time of a producer. */
export interface SendCpu {
  /** Milliseconds of a small call to AWS. */
  readonly call_ms: number;
  /** Microseconds to generate a movie and send it, without the calls. */
  readonly sent_movie_us: number;
}

export type JobMode = 'one a message' | 'packed';

/** A job from the first receive to COMPLETE, its object included. */
export interface ReplicaRow {
  readonly mode: JobMode;
  readonly movies: number;
  /** Parts of the object; 1 is one `PutObject`. */
  readonly object_parts: number;
  /** Consumers, each with one poller. */
  readonly processes: number;
  /** The latencies were AWS's times this factor, so that the machine's cores do not limit eight processes. */
  readonly stretch: number;
  readonly seconds: number;
  /** The speed as a multiple of one consumer's: the time with one consumer, divided by `seconds`. */
  readonly times_one: number;
  /** Cores that all processes of the measurement used together. */
  readonly cores: number;
  /** Cores that the whole machine was using, other programs included. */
  readonly machine_cores: number;
  /** CPU seconds of the consumers, and of the embedded AWS. */
  readonly consumer_cpu_seconds: number;
  readonly server_cpu_seconds: number;
  /** AWS calls without those that sent the job. */
  readonly calls: number;
}

export interface Measured {
  /** An ISO date. */
  readonly measured_on: string;
  readonly source: string;
  readonly machine: string;
  readonly machine_cores: number;
  /** The latency added to each call of the embedded AWS, before it was multiplied: about AWS's latency. */
  readonly latency_ms: { readonly sqs: number; readonly dynamodb: number; readonly s3: number };
  /** By mode: of a consumer, and of the embedded AWS. */
  readonly consumer_cpu: Readonly<Record<JobMode, StepCpu>>;
  readonly server_cpu: Readonly<Record<JobMode, StepCpu>>;
  readonly producer_cpu: Readonly<Record<JobMode, SendCpu>>;
  /**
   * The peak of a consumer's memory while it stores and assembles half a million movies (30,000 one a message), in
   * megabytes of 2^20 bytes.
   */
  readonly consumer_rss_mb: Readonly<Record<JobMode, number>>;
  readonly replicas: readonly ReplicaRow[];
}

/** TypeScript reads the modes of the JSON file as any text. */
const rows: readonly (Omit<ReplicaRow, 'mode'> & { readonly mode: string })[] = measured.replicas;
const isMode = (mode: string): mode is JobMode => mode === 'one a message' || mode === 'packed';

export const MEASURED: Measured = {
  ...measured,
  replicas: rows.flatMap(({ mode, ...row }) => (isMode(mode) ? [{ mode, ...row }] : [])),
};
