// Verify, resume and repair, as the commands of these names do them: packages/jobs finds, packages/queue sends.
import type { QueuePort, Random } from '@movie-load/aws';
import type { JobStore } from '@movie-load/jobs';
import { GENERATOR_VERSION, generateMovies } from '@movie-load/movies';
import { sendJob } from '@movie-load/queue';
import type { JobItem } from '@movie-load/schema';
import type { ActionResult } from './api.ts';
import { HttpError } from './http-body.ts';

export interface ActionsOptions {
  readonly store: Pick<JobStore, 'verify' | 'repair' | 'findMissing'>;
  readonly queue: () => Promise<QueuePort>;
  readonly random: Random;
  /** Ends what runs when the server ends. */
  readonly signal: AbortSignal;
}

export type Action = 'verify' | 'resume' | 'repair';
export const ACTIONS: readonly Action[] = ['verify', 'resume', 'repair'];

/** Each reads a whole job: no more than these at a time. */
const AT_ONCE = 2;

export function createActions({ store, queue, random, signal }: ActionsOptions) {
  const running = new Set<string>();

  const does: Record<Action, (job: JobItem) => Promise<ActionResult>> = {
    async verify(job) {
      const { seed, generator } = job.plan;
      const expected =
        generator === GENERATOR_VERSION ? { expected: (range: Range) => generateMovies(seed, range) } : {};
      const report = await store.verify(job, { signal, ...expected });
      const facts = [
        `${grouped(report.movies)} of ${grouped(report.movies_expected)} movies in ${grouped(report.slices)} slices`,
        ...(report.sha256_object === undefined ? [] : [`sha256 of the object: ${report.sha256_object}`]),
        ...(report.generator_compared ? ['Each movie was compared with the generator.'] : []),
      ];
      return report.ok
        ? { ok: true, summary: 'Everything is as it should be.', details: facts }
        : {
            ok: false,
            summary: problemsText(job, report.problems_total),
            details: [...facts, ...report.problems.map(({ text, repair }) => (repair ? `${text} → ${repair}` : text))],
          };
    },
    async resume(job) {
      const sent = await sendJob({
        queue: await queue(),
        plan: job.plan,
        started_on: job.started_on,
        random,
        groups: store.findMissing(job, { signal }),
        signal,
      });
      return sent.messages === 0
        ? { ok: true, summary: 'Nothing is missing.', details: ['Nothing was sent.'] }
        : {
            ok: true,
            summary: `${grouped(sent.messages)} messages of ${grouped(sent.groups)} groups were sent again.`,
            details: ['What was stored meanwhile is not stored twice.'],
          };
    },
    async repair(job) {
      const { why, bytes } = await store.repair(job.job_id, { signal });
      const words = {
        object_missing: 'The object was missing; it was written again.',
        object_differs: 'The object was not what the slices make; it was written again.',
        not_complete: 'The object was written, and the job is COMPLETE.',
      };
      return {
        ok: true,
        summary: why ? words[why] : 'The object is as it should be.',
        details: [`${grouped(bytes)} bytes`],
      };
    },
  };

  return async function act(action: Action, job: JobItem): Promise<ActionResult> {
    if (running.has(job.job_id)) {
      throw new HttpError(409, 'Busy', 'Another verify, resume or repair of this job is running. Wait for it.');
    }
    if (running.size >= AT_ONCE) {
      throw new HttpError(429, 'Busy', 'Other jobs are being verified, resumed or repaired. Try again in a moment.');
    }
    running.add(job.job_id);
    try {
      return await does[action](job);
    } finally {
      running.delete(job.job_id);
    }
  };
}

const grouped = (n: number): string => n.toLocaleString('en');

/** What a running job lacks is not a problem yet. */
function problemsText({ status }: JobItem, n: number): string {
  const things = `${grouped(n)} ${n === 1 ? 'thing is' : 'things are'}`;
  return status === 'COMPLETE' ? `${things} wrong` : `Not complete yet: ${things} missing so far`;
}

interface Range {
  readonly first: number;
  readonly count: number;
}
