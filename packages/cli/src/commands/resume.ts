// `movie-load resume [<id>]`: sends the messages of a job that are not stored, and again those stored ones with which a
// consumer continues the climb (see the terms in docs/design.md). May be repeated.
import { systemRandom } from '@movie-load/aws';
import { type ResumableJob, resumeJob, resumeOutcome } from '@movie-load/operations';
import type { SentBatch } from '@movie-load/queue';
import { jobIdOf, planFromToken, UsageError } from '@movie-load/schema';
import { awsOption, type CommonOptions, defineCommand, jsonOption } from '../command.ts';
import { formatNumber } from '../format.ts';
import { createProgressLine, outcomeText, printResult } from '../output.ts';
import { type Session, withSession } from '../session.ts';

interface ResumeOptions extends CommonOptions {
  /** The token that `produce` printed: for a job of which nothing was stored yet. */
  readonly plan?: string;
  readonly thorough?: boolean;
  readonly dryRun?: boolean;
}

export const addTo = defineCommand('resume [id]', {
  about: 'Send the missing messages of a job again; nothing is stored twice.',
  options: [
    ['--plan <token>', 'the plan that `produce` printed; needed if nothing of the job is stored yet'],
    ['--thorough', 'read every ledger and slice, including those of groups marked as finished'],
    ['--dry-run', 'print what would be sent; send nothing'],
    jsonOption,
    awsOption,
  ],
  examples: [
    'npm run movie-load -- resume 3f2a',
    'npm run movie-load -- resume --plan WzEsIm4iLDEwMDAsMSwyMCwyNTYsNywxXQ',
  ],
  run: resume,
});

async function resume(prefix: string | undefined, options: ResumeOptions): Promise<number> {
  return withSession({ ...options, changes: !options.dryRun }, async (session) => {
    const { jobs: store, queue, signal } = session;
    const { dryRun = false, thorough = false } = options;
    const job = await jobToResume(session, prefix, options.plan);
    const progress = createProgressLine();
    let messages = 0;
    const onSent = (sent: SentBatch) => {
      messages += sent.messages;
      progress(() => `${formatNumber(messages)} messages sent`);
    };
    const counts = await resumeJob(job, { store, queue, random: systemRandom, signal, thorough, dryRun, onSent });
    const { job_id } = job;
    // The member of the JSON for messages that only continue the climb is called `wake`.
    const { missing, climb: wake, groups } = counts;
    const text = () => outcomeText(resumeOutcome(job_id, counts, dryRun));
    return printResult(options, { job_id, dry_run: dryRun, missing, wake, groups }, text);
  });
}

async function jobToResume(
  session: Session,
  prefix: string | undefined,
  token: string | undefined,
): Promise<ResumableJob> {
  if (token !== undefined) {
    const plan = planFromToken(token);
    const job_id = jobIdOf(plan);
    if (prefix !== undefined && !job_id.startsWith(prefix.toLowerCase())) {
      throw new UsageError(`That plan is of job ${job_id}, not of ${prefix.slice(0, 40)}.`);
    }
    const job = await session.jobs.job(job_id, { signal: session.signal });
    return { job_id, plan, started_on: job?.started_on ?? new Date().toISOString() };
  }
  if (prefix === undefined)
    throw new UsageError('Which job? Give its id, or --plan with the token that `produce` printed.');
  return session.job(prefix);
}
