// How far replicas go when calls take as long as on AWS: 1, 2, 4 and 8 processes with one poller each.
import { ours } from './contenders.ts';
import { measure } from './measure.ts';

/** Milliseconds that each call takes longer than on the embedded AWS. */
export const AWS_LIKE_DELAYS = { sqs: 15, dynamodb: 10, s3: 40 } as const;

export interface ReplicaRow {
  readonly processes: number;
  readonly movies_per_second: number;
  readonly times_one: number;
}

const JOB = { movies: 9000, packed: false };
const PROCESSES = [1, 2, 4, 8];

/** Rates from the moment when every process has stored something: starting eight processes at once takes a machine a while. */
export async function measureReplicas(onProgress: (text: string) => void): Promise<ReplicaRow[]> {
  const rows: ReplicaRow[] = [];
  for (const processes of PROCESSES) {
    const { warmMoviesPerSecond } = await measure({
      job: JOB,
      processes,
      delays: AWS_LIKE_DELAYS,
      start: ours({ POLLERS: '1' }),
    });
    const one = rows[0]?.movies_per_second ?? warmMoviesPerSecond;
    rows.push({
      processes,
      movies_per_second: Math.round(warmMoviesPerSecond),
      times_one: Number((warmMoviesPerSecond / one).toFixed(2)),
    });
    onProgress(`replicas: ${processes}: ${Math.round(warmMoviesPerSecond)} movies/s`);
  }
  return rows;
}
