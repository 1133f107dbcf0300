// Shared by the commands on dead letters: how they are selected, read and printed.
import { systemClock } from '@movie-load/aws';
import type { DeadLetter, DeadLetterFilter } from '@movie-load/queue';
import { DEAD_LETTER_REASONS, UsageError } from '@movie-load/schema';
import type { CommonOptions } from '../../command.ts';
import { grouped, quoted } from '../../format.ts';
import { createProgressLine } from '../../output.ts';
import type { Session } from '../../session.ts';

export const reasonOption = ['--reason <reason...>', 'only those with this reason'] as const;
export const jobOption = ['--job <id>', 'only those of this job'] as const;

export interface FilterOptions extends CommonOptions {
  readonly reason?: readonly string[];
  readonly job?: string;
}

/** Throws `UsageError` for an unknown reason, and for an unknown job id. */
export async function filterOf({ jobs, signal }: Session, { reason, job }: FilterOptions): Promise<DeadLetterFilter> {
  return {
    reasons: reason?.map((text) => {
      const known = DEAD_LETTER_REASONS.find((one) => one === text);
      if (known) return known;
      throw new UsageError(`${quoted(text)} is not a reason. The reasons are: ${DEAD_LETTER_REASONS.join(', ')}.`);
    }),
    job_id: job === undefined ? undefined : await jobs.resolveJobId(job, { signal }),
  };
}

/** Characters of a body and of each attribute: enough for the job's id and a consumer's reason. */
export const READ_CHARACTERS = 2000;

/** A source of the queue's dead letters, which does not receive them where the endpoint allows that. */
export async function readingOf(session: Session, characters: number) {
  const dlq = await session.dlq();
  const { signal } = session;
  const peeked = await session.peek(dlq.url, { characters, signal });
  return { dlq, clock: systemClock, signal, ...(peeked && { peek: () => Promise.resolve(peeked) }) };
}

/** Converts binary values to base64, as SQS does. */
export const deadLetterJson = (deadLetter: DeadLetter): string =>
  JSON.stringify(deadLetter, (_, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
  );

/** Counts dead letters on standard error: `1,200 redriven`. */
export function createDeadLetterProgress(done: string): (deadLetters: readonly DeadLetter[]) => void {
  const progress = createProgressLine();
  let count = 0;
  return (deadLetters) => {
    count += deadLetters.length;
    progress(() => `${grouped(count)} ${done}`);
  };
}
