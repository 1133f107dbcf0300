// `movie-load dlq redrive` and `movie-load dlq purge`.
import { systemClock, systemRandom } from '@movie-load/aws';
import { type DeadLetter, purgeDeadLetters, redrive } from '@movie-load/queue';
import { UsageError } from '@movie-load/schema';
import { EXIT } from '../exit.ts';
import { wholeNumber } from '../options.ts';
import { grouped, printJson, printLine } from '../output.ts';
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
    const result = await redrive({
      from: await session.dlq(),
      to: await session.queue(),
      clock: systemClock,
      random: systemRandom,
      filter: { ...(await filterOf(session, options)), ids: options.id },
      max,
      dryRun: options.dryRun ?? false,
      signal: session.signal,
      onProgress: progress(options.dryRun ? 'would be redriven' : 'redriven'),
    });
    const { redriven, unseen, refused, attributes_lost, undeleted } = result;
    if (options.json) await printJson({ dry_run: options.dryRun ?? false, ...result });
    else {
      await printLine(
        `${grouped(redriven)} ${options.dryRun ? 'would be redriven' : 'redriven'} to their message groups.`,
      );
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
