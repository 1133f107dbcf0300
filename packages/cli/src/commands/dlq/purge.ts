// `movie-load dlq purge --yes`: deletes dead letters for good.
import { systemClock } from '@movie-load/aws';
import { purgeDeadLetters } from '@movie-load/queue';
import { UsageError } from '@movie-load/schema';
import { awsOption, defineCommand, jsonOption } from '../../command.ts';
import { formatCount, formatNumber } from '../../format.ts';
import { printResult } from '../../output.ts';
import { withSession } from '../../session.ts';
import {
  createDeadLetterProgress,
  deadLetterFilter,
  type FilterOptions,
  jobOption,
  reasonOption,
} from './dead-letters.ts';

interface PurgeOptions extends FilterOptions {
  readonly yes?: boolean;
}

export const addPurge = defineCommand('purge', {
  about: 'Delete dead letters for good.',
  options: [reasonOption, jobOption, ['--yes', 'confirm; without it nothing is deleted'], jsonOption, awsOption],
  examples: [
    'npm run movie-load -- dlq purge --reason not_json',
    'npm run movie-load -- dlq purge --reason not_json --yes',
  ],
  run: runPurge,
});

async function runPurge(options: PurgeOptions): Promise<number> {
  return withSession({ ...options, changes: true }, async (session) => {
    const request = {
      dlq: await session.dlq(),
      clock: systemClock,
      filter: await deadLetterFilter(session, options),
      signal: session.signal,
    };
    if (!options.yes) {
      const { purged } = await purgeDeadLetters({ ...request, dryRun: true });
      throw new UsageError(
        `That would delete ${formatCount(purged, 'dead letter')} for good. Add --yes if you mean it; \`dlq redrive\` sends them back instead.`,
      );
    }
    const result = await purgeDeadLetters({ ...request, onProgress: createDeadLetterProgress('purged') });
    const { purged, unseen } = result;
    const unseenText = unseen > 0 ? ` About ${formatNumber(unseen)} could not be seen: run it again.` : '';
    return printResult(options, result, () => `${formatNumber(purged)} purged.${unseenText}`);
  });
}
