// Selects, reads and prints dead letters, for the subcommands of `dlq`.
import { systemClock } from '@movie-load/aws';
import type { DeadLetter, DeadLetterFilter } from '@movie-load/queue';
import { DEAD_LETTER_REASONS, UsageError } from '@movie-load/schema';
import type { CommonOptions } from '../../command.ts';
import { formatNumber, quoted } from '../../format.ts';
import { createProgressLine } from '../../output.ts';
import type { Session } from '../../session.ts';

export const reasonOption = ['--reason <reason...>', 'only those with this reason'] as const;
export const jobOption = ['--job <id>', 'only those of this job'] as const;

export interface FilterOptions extends CommonOptions {
  readonly reason?: readonly string[];
  readonly job?: string;
}

/** The filter that the options request. Throws `UsageError` for an unknown reason, and for an unknown job id. */
export async function deadLetterFilter(
  { jobs, signal }: Session,
  { reason, job }: FilterOptions,
): Promise<DeadLetterFilter> {
  return {
    reasons: reason?.map((text) => {
      const knownReason = DEAD_LETTER_REASONS.find((one) => one === text);
      if (knownReason) return knownReason;
      throw new UsageError(`${quoted(text)} is not a reason. The reasons are: ${DEAD_LETTER_REASONS.join(', ')}.`);
    }),
    job_id: job === undefined ? undefined : await jobs.resolveJobId(job, { signal }),
  };
}

/** How many characters of a body and of each attribute are read: enough for the job's id and a consumer's reason. */
export const MAX_CHARACTERS = 2000;

/** Where to read dead letters from. Has `peek` where the endpoint can return them without a receive. */
export async function deadLetterSource(session: Session, characters: number) {
  const dlq = await session.dlq();
  const { signal } = session;
  const peeked = await session.peek(dlq.url, { characters, signal });
  return { dlq, clock: systemClock, signal, ...(peeked && { peek: () => Promise.resolve(peeked) }) };
}

/** A dead letter as JSON, with binary values in base64, as in SQS's own JSON. */
export const deadLetterJson = (deadLetter: DeadLetter): string =>
  JSON.stringify(deadLetter, (_, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
  );

/** Counts dead letters on standard error: `1,200 redriven`. */
export function createDeadLetterProgress(verb: string): (deadLetters: readonly DeadLetter[]) => void {
  const progress = createProgressLine();
  let count = 0;
  return (deadLetters) => {
    count += deadLetters.length;
    progress(() => `${formatNumber(count)} ${verb}`);
  };
}
