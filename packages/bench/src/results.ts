// All results of one run of the benchmark, and the ratios computed from them.
import type { JobMode, ReplicaRow } from '@movie-load/aws';
import type { StartRun } from './cli.ts';
import type { EmbeddedSqsRows } from './embedded-sqs.ts';
import type { Row } from './rows.ts';

export interface Results {
  readonly date: string;
  readonly machine: string;
  readonly endpoint: string;
  readonly rounds: number;
  readonly rows: readonly Row[];
  readonly ratios: Ratios;
  readonly replicas: readonly ReplicaRow[];
  /** By depth of the queue; empty in a quick run. */
  readonly embedded_sqs: EmbeddedSqsRows;
  /** The rows measured on LocalStack, too; empty without `--full` or Docker. */
  readonly localstack: readonly Row[];
  readonly idle_calls_a_minute: number | undefined;
  readonly runs: readonly (StartRun & { readonly packed: boolean })[];
  /** Our own microseconds per movie, by step. */
  readonly steps: Readonly<Record<string, number>>;
}

export type Ratios = ReturnType<typeof ratiosOf>;

export function ratiosOf(rows: readonly Row[], replicas: readonly ReplicaRow[]) {
  const speed = (name: string) => rows.find((row) => row.name === name)?.movies_per_second ?? Number.NaN;
  const ratio = (a: string, b: string) => Number((speed(a) / speed(b)).toFixed(2));
  const speedupOfEight = (wantedMode: JobMode) =>
    replicas.find(({ mode, processes }) => mode === wantedMode && processes === 8)?.times_one ?? null;
  const [single, packed] = ['ours, one a message', 'ours, packed'];
  return {
    vs_textbook: ratio(single, 'textbook'),
    vs_textbook_packed: ratio(packed, 'textbook'),
    vs_ceiling: ratio(single, 'ceiling through the SDK, one a message'),
    vs_ceiling_packed: ratio(packed, 'ceiling through the SDK, packed'),
    // The same calls through our clients, which are cheaper than the unmodified SDK.
    vs_own_clients: ratio(single, 'ceiling through our clients, one a message'),
    vs_own_clients_packed: ratio(packed, 'ceiling through our clients, packed'),
    vs_http: ratio(single, 'ceiling by bare HTTP, one a message'),
    vs_http_packed: ratio(packed, 'ceiling by bare HTTP, packed'),
    replicas_8: speedupOfEight('one a message'),
    replicas_8_packed: speedupOfEight('packed'),
  };
}
