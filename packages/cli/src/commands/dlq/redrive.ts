// `movie-load dlq redrive`: sends dead letters back to their message groups.
import { systemClock, systemRandom } from '@movie-load/aws';
import { type RedriveResult, redrive } from '@movie-load/queue';
import { EXIT, REFUSALS } from '@movie-load/schema';
import { awsOption, defineCommand, jsonOption } from '../../command.ts';
import { formatNumber, printable } from '../../format.ts';
import { wholeNumber } from '../../options.ts';
import { printResult } from '../../output.ts';
import { withSession } from '../../session.ts';
import {
  createDeadLetterProgress,
  deadLetterFilter,
  type FilterOptions,
  jobOption,
  reasonOption,
} from './dead-letters.ts';
import { goneJobs, goneJobText } from './gone-jobs.ts';

interface RedriveOptions extends FilterOptions {
  readonly id?: readonly string[];
  readonly max?: string;
  readonly dryRun?: boolean;
}

export const addRedrive = defineCommand('redrive', {
  about: 'Send dead letters back to their message groups; may be interrupted and repeated at any time.',
  options: [
    reasonOption,
    jobOption,
    ['--id <id...>', 'only those with these ids; first characters are enough'],
    ['--max <n>', 'maximum number of dead letters to send'],
    ['--dry-run', 'only count them; send nothing'],
    jsonOption,
    awsOption,
  ],
  examples: [
    'npm run movie-load -- dlq redrive --dry-run',
    'npm run movie-load -- dlq redrive --reason too_many_receives --max 100',
  ],
  run: runRedrive,
});

const MAX_DEAD_LETTERS = 100_000_000;

async function runRedrive(options: RedriveOptions): Promise<number> {
  const max = options.max === undefined ? undefined : wholeNumber('--max', options.max, 1, MAX_DEAD_LETTERS);
  return withSession({ ...options, changes: !options.dryRun }, async (session) => {
    const invalidReasons = new Set<string>();
    const jobIds = new Set<string>();
    const verb = options.dryRun ? 'would be redriven' : 'redriven';
    const progress = createDeadLetterProgress(verb);
    const result = await redrive({
      from: await session.dlq(),
      to: await session.queue(),
      clock: systemClock,
      random: systemRandom,
      filter: { ...(await deadLetterFilter(session, options)), ids: options.id },
      max,
      dryRun: options.dryRun ?? false,
      signal: session.signal,
      onProgress(deadLetters) {
        for (const { reason, job_id } of deadLetters) {
          if (isContentReason(reason)) invalidReasons.add(reason);
          if (job_id !== undefined) jobIds.add(job_id);
        }
        progress(deadLetters);
      },
    });
    const gone = await goneJobs(session, jobIds);
    const text = () => [...resultLines(result, { verb, invalidReasons }), ...gone.map(goneJobText)].join('\n');
    await printResult(options, { dry_run: options.dryRun ?? false, ...result, gone_jobs: gone }, text);
    return result.refused.length > 0 ? EXIT.failed : EXIT.ok;
  });
}

interface RedriveText {
  /** `redriven`, or `would be redriven` */
  readonly verb: string;
  /** Reasons for which consumers will refuse a message again. */
  readonly invalidReasons: ReadonlySet<string>;
}

export function resultLines(result: RedriveResult, { verb, invalidReasons }: RedriveText): string[] {
  const { redriven, unseen, refused, attributes_lost, undeleted } = result;
  const lines = [
    `${formatNumber(redriven)} ${verb} to their message groups.`,
    ...cameBackLines(result, invalidReasons),
  ];
  if (refused.length > 0)
    lines.push(`${formatNumber(refused.length)} refused by the queue; they stay. First: ${refused[0]?.code}`);
  if (attributes_lost > 0)
    lines.push(`${formatNumber(attributes_lost)} without their own attributes, which had been cut.`);
  if (undeleted > 0)
    lines.push(`${formatNumber(undeleted)} could not be deleted here yet: redriving them again does no harm.`);
  if (unseen > 0) lines.push(`About ${formatNumber(unseen)} could not be seen: run it again.`);
  return lines;
}

/** A consumer dead-letters a message because of its contents, SQS because of its receive count. */
const isContentReason = (reason: string): boolean => REFUSALS.some((one) => one === reason);

/** Explains why redriven messages will return to the dead-letter queue, or have already returned. */
function cameBackLines({ came_back, first_back }: RedriveResult, invalidReasons: ReadonlySet<string>): string[] {
  const advice = 'Change the consumers first, or delete such messages with `dlq purge --reason`.';
  if (first_back !== undefined) {
    const why = `${first_back.reason}${first_back.detail === undefined ? '' : `, ${printable(first_back.detail)}`}`;
    return [
      `${formatNumber(came_back)} of them came back to the dead-letter queue meanwhile and were left there (${why}).`,
      ...(isContentReason(first_back.reason) ? [`Consumers found them invalid again. ${advice}`] : []),
    ];
  }
  if (invalidReasons.size === 0) return [];
  return [
    `Messages with the reason ${[...invalidReasons].join(', ')} return to the dead-letter queue: they are invalid for consumers of this version. ${advice}`,
  ];
}
