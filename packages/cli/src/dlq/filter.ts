// Which dead letters are meant: by reason, job and id.
import type { DeadLetterFilter } from '@movie-load/queue';
import { DEAD_LETTER_REASONS, UsageError } from '@movie-load/schema';
import type { LookOptions } from '../look/options.ts';
import type { Session } from '../session.ts';

export interface FilterOptions extends LookOptions {
  readonly reason?: readonly string[];
  readonly job?: string;
}

/** Throws `UsageError` for a reason that there is not, or a job id that is none. */
export async function filterOf({ jobs, signal }: Session, { reason, job }: FilterOptions): Promise<DeadLetterFilter> {
  return {
    reasons: reason?.map((text) => {
      const known = DEAD_LETTER_REASONS.find((one) => one === text);
      if (known) return known;
      throw new UsageError(
        `There is no reason ${JSON.stringify(text.slice(0, 40))}. There are: ${DEAD_LETTER_REASONS.join(', ')}.`,
      );
    }),
    job_id: job === undefined ? undefined : await jobs.resolveJobId(job, { signal }),
  };
}
