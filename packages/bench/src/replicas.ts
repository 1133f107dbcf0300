// How far replicas go when calls take as long as on AWS: 1, 2, 4 and 8 processes with one poller each.
import { ours } from './contenders.ts';
import { measure } from './measure.ts';

/** Milliseconds that each call takes longer than on the embedded AWS. */
export const AWS_LIKE_DELAYS = { sqs: 15, dynamodb: 10, s3: 40 } as const;

export interface ReplicaRow {
  readonly processes: number;
  /** From the moment when every process has stored something. */
  readonly movies_per_second: number;
  readonly times_one: number;
  /** The same from the first receive to the last delete: processes that still start are in it. */
  readonly whole_movies_per_second: number;
  readonly whole_times_one: number;
}

const JOB = { movies: 9000, packed: false };
const PROCESSES = [1, 2, 4, 8];

/** Starting eight processes at once takes a machine a while, and the first of them have the queue for themselves. */
export async function measureReplicas(onProgress: (text: string) => void): Promise<ReplicaRow[]> {
  const rows: ReplicaRow[] = [];
  for (const processes of PROCESSES) {
    const { warmMoviesPerSecond, movies, storeSeconds } = await measure({
      job: JOB,
      processes,
      delays: AWS_LIKE_DELAYS,
      start: ours({ POLLERS: '1' }),
    });
    const whole = movies / storeSeconds;
    const one = rows[0] ?? { movies_per_second: warmMoviesPerSecond, whole_movies_per_second: whole };
    rows.push({
      processes,
      movies_per_second: Math.round(warmMoviesPerSecond),
      times_one: Number((warmMoviesPerSecond / one.movies_per_second).toFixed(2)),
      whole_movies_per_second: Math.round(whole),
      whole_times_one: Number((whole / one.whole_movies_per_second).toFixed(2)),
    });
    onProgress(`replicas: ${processes}: ${Math.round(warmMoviesPerSecond)} movies/s`);
  }
  return rows;
}
