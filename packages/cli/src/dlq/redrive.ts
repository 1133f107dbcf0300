// `movie-load dlq redrive` and `movie-load dlq purge`.
import { systemClock, systemRandom } from '@movie-load/aws';
import { type DeadLetter, purgeDeadLetters, type RedriveResult, redrive } from '@movie-load/queue';
import { REFUSALS, UsageError } from '@movie-load/schema';
import { EXIT } from '../exit.ts';
import { wholeNumber } from '../options.ts';
import { grouped, printJson, printLine, shown } from '../output.ts';
import { withSession } from '../session.ts';
import { type FilterOptions, filterOf } from './filter.ts';

export interface RedriveOptions extends FilterOptions {
  readonly id?: readonly string[];
  readonly max?: string;
  readonly dryRun?: boolean;
}

const PROGRESS_MS = 1000;
const MOST = 100_000_000;

export async function redriveLetters(options: RedriveOptions): Promise<number> {
  const max = maxOf(options.max);
  return withSession({ ...options, changes: !options.dryRun }, async (session) => {
    const invalid = new Set<string>();
    const tell = progress(options.dryRun ? 'would be redriven' : 'redriven');
    const result = await redrive({
      from: await session.dlq(),
      to: await session.queue(),
      clock: systemClock,
      random: systemRandom,
      filter: { ...(await filterOf(session, options)), ids: options.id },
      max,
      dryRun: options.dryRun ?? false,
      signal: session.signal,
      onProgress(letters) {
        for (const { reason } of letters) if (isForContent(reason)) invalid.add(reason);
        tell(letters);
      },
    });
    const { redriven, unseen, refused, attributes_lost, undeleted } = result;
    if (options.json) await printJson({ dry_run: options.dryRun ?? false, ...result });
    else {
      await printLine(
        `${grouped(redriven)} ${options.dryRun ? 'would be redriven' : 'redriven'} to their message groups.`,
      );
      for (const line of comeBackLines(result, invalid)) await printLine(line);
      if (refused.length > 0)
        await printLine(`${grouped(refused.length)} refused by the queue; they stay. First: ${refused[0]?.code}`);
      if (attributes_lost > 0)
        await printLine(`${grouped(attributes_lost)} without their own attributes, which had been cut.`);
      if (undeleted > 0)
        await printLine(`${grouped(undeleted)} could not be deleted here yet: redriving them again does no harm.`);
      if (unseen > 0) await printLine(`About ${grouped(unseen)} could not be seen: run it again.`);
    }
    return refused.length > 0 ? EXIT.failed : EXIT.done;
  });
}

/** A consumer dead-letters a message for what it contains, SQS for how often it failed. */
const isForContent = (reason: string): boolean => REFUSALS.some((one) => one === reason);

/** Why a redriven message comes back to the dead-letter queue, before it does or after. */
function comeBackLines({ came_back, first_back }: RedriveResult, invalid: ReadonlySet<string>): string[] {
  const advice = 'Change the consumers first, or delete such messages with `dlq purge --reason`.';
  if (first_back !== undefined) {
    const why = `${first_back.reason}${first_back.detail === undefined ? '' : `, ${shown(first_back.detail)}`}`;
    return [
      `${grouped(came_back)} of them came back to the dead-letter queue meanwhile and were left there (${why}).`,
      ...(isForContent(first_back.reason) ? [`Consumers found them invalid again. ${advice}`] : []),
    ];
  }
  if (invalid.size === 0) return [];
  return [
    `Messages with the reason ${[...invalid].join(', ')} come back: they are invalid for consumers of this version. ${advice}`,
  ];
}

export interface PurgeOptions extends FilterOptions {
  readonly yes?: boolean;
}

export async function purgeLetters(options: PurgeOptions): Promise<number> {
  return withSession({ ...options, changes: true }, async (session) => {
    const common = {
      dlq: await session.dlq(),
      clock: systemClock,
      filter: await filterOf(session, options),
      signal: session.signal,
    };
    if (!options.yes) {
      const { purged } = await purgeDeadLetters({ ...common, dryRun: true });
      throw new UsageError(
        `That would delete ${grouped(purged)} dead letters for good. Add --yes if you mean it; \`dlq redrive\` sends them back instead.`,
      );
    }
    const result = await purgeDeadLetters({ ...common, onProgress: progress('purged') });
    if (options.json) await printJson(result);
    else
      await printLine(
        `${grouped(result.purged)} purged.${result.unseen > 0 ? ` About ${grouped(result.unseen)} could not be seen: run it again.` : ''}`,
      );
    return EXIT.done;
  });
}

const maxOf = (text: string | undefined) => (text === undefined ? undefined : wholeNumber('--max', text, 1, MOST));

function progress(word: string) {
  let count = 0;
  let saidAt = performance.now();
  return (letters: readonly DeadLetter[]) => {
    count += letters.length;
    if (performance.now() - saidAt < PROGRESS_MS) return;
    saidAt = performance.now();
    process.stderr.write(`${grouped(count)} ${word}\n`);
  };
}
