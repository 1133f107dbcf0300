// `movie-load resume [<id>]`: sends exactly the messages that are missing or have to be counted. May be repeated.
import { systemRandom } from '@movie-load/aws';
import type { JobRef, MissingMessages } from '@movie-load/jobs';
import { sendJob } from '@movie-load/queue';
import { jobIdOf, planFromToken, UsageError } from '@movie-load/schema';
import type { Command } from 'commander';
import { awsOption, type CommonOptions, examples, exitWith, jsonOption } from '../command.ts';
import { grouped } from '../format.ts';
import { createProgressLine, printResult } from '../output.ts';
import { type Session, withSession } from '../session.ts';

interface ResumeOptions extends CommonOptions {
  /** The token that `produce` printed: for a job of which nothing was stored yet. */
  readonly plan?: string;
  readonly thorough?: boolean;
  readonly dryRun?: boolean;
}

export function addTo(program: Command): void {
  program
    .command('resume [id]')
    .description('Send again what a job lacks; what is stored is not stored twice.')
    .option('--plan <token>', 'the plan that `produce` printed, when nothing of the job is stored yet')
    .option('--thorough', 'read every ledger and slice, also of groups that count as finished')
    .option('--dry-run', 'print what would be sent; send nothing')
    .option(...jsonOption)
    .option(...awsOption)
    .addHelpText(
      ...examples(
        'npm run movie-load -- resume 3f2a',
        'npm run movie-load -- resume --plan WzEsIm4iLDEwMDAsMSwyMCwyNTYsNywxXQ',
      ),
    )
    .action(exitWith(resume));
}

/** What a job lacks, counted. */
interface Found {
  missing: number;
  wake: number;
  groups: number;
}

async function resume(prefix: string | undefined, options: ResumeOptions): Promise<number> {
  return withSession({ ...options, changes: !options.dryRun }, async (session) => {
    const job = await jobToResume(session, prefix, options.plan);
    const found: Found = { missing: 0, wake: 0, groups: 0 };
    const missing = counted(
      session.jobs.findMissing(job, { signal: session.signal, thorough: options.thorough ?? false }),
      found,
    );
    if (options.dryRun) for await (const _ of missing);
    else await send(session, job, missing);
    const { job_id } = job;
    const { dryRun: dry_run = false } = options;
    return printResult(options, { job_id, dry_run, ...found }, () => textOf(job_id, found, dry_run));
  });
}

type ResumableJob = JobRef & { readonly started_on: string };

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

async function* counted(source: AsyncIterable<MissingMessages>, found: Found) {
  for await (const some of source) {
    found[some.why] += some.numbers.length;
    found.groups += 1;
    yield some;
  }
}

async function send(session: Session, job: ResumableJob, groups: AsyncIterable<MissingMessages>): Promise<void> {
  let messages = 0;
  const progress = createProgressLine();
  await sendJob({
    queue: await session.queue(),
    plan: job.plan,
    started_on: job.started_on,
    random: systemRandom,
    groups,
    signal: session.signal,
    onSent(sent) {
      messages += sent.messages;
      progress(() => `${grouped(messages)} messages sent`);
    },
  });
}

function textOf(job_id: string, { missing, wake, groups }: Found, isDryRun: boolean): string {
  if (missing + wake === 0) return `Nothing of job ${job_id} is missing.`;
  const did = isDryRun ? 'would be sent' : 'sent';
  const woken = wake > 0 ? ` and ${grouped(wake)} to wake up what is stored` : '';
  return `${did}: ${grouped(missing)} missing messages${woken}, in ${grouped(groups)} groups of job ${job_id}.`;
}
