// The output of `produce` for people: progress, what was sent at the end, and how to continue when sending failed.
import { hideCredentials, jobIdSchema, secretsOf } from '@movie-load/schema';
import { z } from 'zod';
import { formatCount, formatDuration, formatNumber, shortId } from '../../format.ts';
import { printLine } from '../../output.ts';
import { QUIET_LOG_LEVEL } from '../../processes/environment.ts';
import { type ForegroundService, runInForeground } from '../../processes/foreground.ts';
import { barLine } from '../../progress-bar.ts';

/** What the producer prints about its job with --json. */
const sentJobSchema = z.object({
  job_id: jobIdSchema,
  plan: z.string(),
  status: z.enum(['SENT', 'FAILED', 'STOPPED']),
  movies: z.int(),
  messages: z.int(),
  groups: z.int(),
  sent_movies: z.int(),
  started_on: z.iso.datetime(),
  ended_on: z.iso.datetime(),
  error: z.string().optional(),
});
export type SentJob = Readonly<z.infer<typeof sentJobSchema>>;

/** Runs a producer whose arguments have --json. Returns the exit code: the producer's, or that of a signal. */
export async function sendForPeople(
  producer: ForegroundService,
  { movies, aws }: { readonly movies: number; readonly aws: boolean },
): Promise<number> {
  const level = process.env.LOG_LEVEL;
  const bar = level ? undefined : await createSendingBar(process.stderr, movies);
  const lines: string[] = [];
  const { code, isInterrupted, problem } = await runInForeground([
    {
      ...producer,
      env: { ...producer.env, LOG_LEVEL: level || QUIET_LOG_LEVEL },
      log: level ? 'show' : 'keep',
      onOutput: (line) => void lines.push(line),
      onReport: (report) => bar?.update(report.sent_movies),
    },
  ]);
  bar?.done();
  const job = lines[0] === undefined ? undefined : sentJobSchema.parse(JSON.parse(lines[0]));
  const awsOption = aws ? ' --aws' : '';
  if (job?.status === 'SENT') await printLine(sentLines(job, awsOption).join('\n'));
  // After Ctrl-C the exit code is that of the signal, even if all messages had been sent.
  if (job?.status !== 'SENT') printError(unsentLines({ job, problem, isInterrupted, awsOption }));
  return code;
}

/** Shows how much of a job is sent as a live bar; undefined where `stream` is not a terminal. */
async function createSendingBar(stream: NodeJS.WriteStream, movies: number) {
  if (!stream.isTTY) return undefined;
  const { createLogUpdate } = await import('log-update');
  const draw = createLogUpdate(stream);
  const beganAt = performance.now();
  return {
    update(sentMovies: number): void {
      const state = { label: 'sent', done: Math.min(sentMovies, movies), total: movies };
      draw(barLine({ ...state, elapsedMs: performance.now() - beganAt }, stream.columns || undefined));
    },
    /** Stops drawing; the last state stays on the screen. */
    done: draw.done,
  };
}

/** @param awsOption ' --aws' if the command used AWS instead of an emulator */
function sentLines(job: SentJob, awsOption: string): string[] {
  // A clock that was set back during the run must not cause a negative time.
  const took = Math.max(0, Date.parse(job.ended_on) - Date.parse(job.started_on));
  return [
    `job        ${job.job_id}`,
    `movies     ${formatNumber(job.movies)}, sent in ${formatDuration(took)}`,
    `messages   ${formatNumber(job.messages)} in ${formatCount(job.groups, 'message group')}`,
    `plan token ${job.plan}`,
    '',
    `Next: npm run movie-load -- job ${shortId(job.job_id)}${awsOption}`,
  ];
}

interface UnsentJob {
  /** Undefined when the producer ended before it printed its line. */
  readonly job: SentJob | undefined;
  readonly problem: string;
  readonly isInterrupted: boolean;
  readonly awsOption: string;
}

export function unsentLines({ job, problem, isInterrupted, awsOption: option }: UnsentJob): string[] {
  const why = isInterrupted || job?.status === 'STOPPED' ? 'interrupted' : problem.replace(/^producer: /, '').trim();
  if (job === undefined) return [why];
  return [
    why,
    `${formatNumber(job.sent_movies)} of ${formatNumber(job.movies)} movies are sent. The rest: npm run movie-load -- resume --plan ${job.plan}${option}`,
  ];
}

function printError([first = '', ...others]: readonly string[]): void {
  const text = [`movie-load: ${first}`, ...others].join('\n');
  process.stderr.write(`${hideCredentials(text, secretsOf(process.env))}\n`);
}
