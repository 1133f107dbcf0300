// `movie-load resume <id>`: sends exactly what is missing or has to be woken up. As often as one likes.
import { systemRandom } from '@movie-load/aws';
import type { JobRef, MissingMessages } from '@movie-load/jobs';
import { sendJob } from '@movie-load/queue';
import { jobIdOf, planFromToken, UsageError } from '@movie-load/schema';
import { EXIT } from '../exit.ts';
import type { LookOptions } from '../look/options.ts';
import { grouped, printJson, printLine } from '../output.ts';
import { type Session, withSession } from '../session.ts';

export interface ResumeOptions extends LookOptions {
  /** The token that `produce` printed: for a job of which nothing was stored yet. */
  readonly plan?: string;
  readonly thorough?: boolean;
  readonly dryRun?: boolean;
}

const PROGRESS_MS = 1000;

export async function resume(prefix: string | undefined, options: ResumeOptions): Promise<number> {
  return withSession({ ...options, changes: !options.dryRun }, async (session) => {
    const job = await jobToResume(session, prefix, options.plan);
    const found = { missing: 0, wake: 0, groups: 0 };
    const missing = counted(
      session.jobs.findMissing(job, { signal: session.signal, thorough: options.thorough ?? false }),
      found,
    );
    if (options.dryRun) for await (const _ of missing);
    else await send(session, job, missing);
    await say(job.job_id, found, options);
    return EXIT.done;
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

async function* counted(
  source: AsyncIterable<MissingMessages>,
  found: { missing: number; wake: number; groups: number },
) {
  for await (const some of source) {
    found[some.why] += some.numbers.length;
    found.groups += 1;
    yield some;
  }
}

async function send(session: Session, job: ResumableJob, groups: AsyncIterable<MissingMessages>): Promise<void> {
  let messages = 0;
  let saidAt = performance.now();
  await sendJob({
    queue: await session.queue(),
    plan: job.plan,
    started_on: job.started_on,
    random: systemRandom,
    groups,
    signal: session.signal,
    onSent(sent) {
      messages += sent.messages;
      if (performance.now() - saidAt < PROGRESS_MS) return;
      saidAt = performance.now();
      process.stderr.write(`${grouped(messages)} messages sent\n`);
    },
  });
}

async function say(
  job_id: string,
  { missing, wake, groups }: { missing: number; wake: number; groups: number },
  options: ResumeOptions,
) {
  if (options.json) return printJson({ job_id, dry_run: options.dryRun ?? false, missing, wake, groups });
  if (missing + wake === 0) return printLine(`Nothing of job ${job_id} is missing.`);
  const did = options.dryRun ? 'would be sent' : 'sent';
  return printLine(
    `${did}: ${grouped(missing)} missing messages${wake > 0 ? ` and ${grouped(wake)} to wake up what is stored` : ''}, in ${grouped(groups)} groups of job ${job_id}.`,
  );
}
