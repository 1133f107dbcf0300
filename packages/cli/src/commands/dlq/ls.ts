// `movie-load dlq ls`: lists dead letters in a table without removing any.
import { systemClock } from '@movie-load/aws';
import { type DeadLetterList, listDeadLetters } from '@movie-load/queue';
import { EXIT } from '@movie-load/schema';
import { awsOption, defineCommand, jsonOption } from '../../command.ts';
import { formatBytes, formatDuration, formatNumber, printable, shortId } from '../../format.ts';
import { wholeNumber } from '../../options.ts';
import { printJsonList, printLine, tableOf } from '../../output.ts';
import { withSession } from '../../session.ts';
import {
  deadLetterFilter,
  deadLetterJson,
  deadLetterSource,
  type FilterOptions,
  jobOption,
  MAX_CHARACTERS,
  reasonOption,
} from './dead-letters.ts';

interface ListOptions extends FilterOptions {
  readonly max: string;
}

export const addLs = defineCommand('ls', {
  about: 'List dead letters, the oldest first, without removing any.',
  options: [
    reasonOption,
    jobOption,
    ['--max <n>', 'maximum number of dead letters in the list', '50'],
    jsonOption,
    awsOption,
  ],
  examples: ['npm run movie-load -- dlq ls', 'npm run movie-load -- dlq ls --reason not_json --json'],
  isDefault: true,
  run: runLs,
});

/**
 * How many characters of a body and of each attribute are read for `--json`: more than for the table, because it prints
 * all attributes that the sender has set.
 */
const MAX_CHARACTERS_JSON = 20_000;

async function runLs(options: ListOptions): Promise<number> {
  const max = wholeNumber('--max', options.max, 1, 1_000_000);
  return withSession(options, async (session) => {
    const filter = await deadLetterFilter(session, options);
    const source = await deadLetterSource(session, options.json ? MAX_CHARACTERS_JSON : MAX_CHARACTERS);
    const list = await listDeadLetters({ ...source, filter, max });
    const { deadLetters, unseen } = list;
    if (options.json) {
      await printListJson(list);
      return EXIT.ok;
    }
    const isFiltered = options.reason !== undefined || options.job !== undefined;
    const { now = systemClock.now() } = await source.dlq.status({ signal: session.signal });
    if (deadLetters.length > 0) await printLine(deadLettersText(list, now));
    else if (isFiltered || unseen > 0) await printLine('No dead letter matches.');
    else await printLine('The dead-letter queue is empty.');
    if (unseen > 0) {
      await printLine(
        `About ${formatNumber(unseen)} more could not be seen: SQS shows at most ten of a message group until those before them are gone.`,
      );
    }
    return EXIT.ok;
  });
}

/** Prints one dead letter at a time: together they may be longer than a string can be. */
function printListJson({ deadLetters, total, byReason, unseen }: DeadLetterList): Promise<void> {
  const before = { total, left_out: total - deadLetters.length, by_reason: byReason, unseen };
  return printJsonList(before, 'dead_letters', deadLetters, { toJson: deadLetterJson });
}

function deadLettersText({ deadLetters, total, byReason }: DeadLetterList, now: number): string {
  const table = tableOf(deadLetters, [
    { title: 'ID', cell: ({ message_id }) => message_id },
    { title: 'REASON', cell: ({ reason }) => reason },
    { title: 'JOB', cell: ({ job_id }) => (job_id === undefined ? '–' : shortId(job_id)) },
    { title: 'AGE', right: true, cell: ({ since }) => formatDuration(Math.max(0, now - Date.parse(since))) },
    { title: 'SIZE', right: true, cell: ({ body_bytes }) => formatBytes(body_bytes) },
    {
      title: 'DETAIL',
      cell: ({ detail, redriven_before }) => printable(`${redriven_before ? 'redriven before: ' : ''}${detail ?? ''}`),
    },
  ]);
  const reasons = Object.entries(byReason).map(([reason, count]) => `${formatNumber(count)} ${reason}`);
  const leftOut = total - deadLetters.length;
  const leftOutText = leftOut > 0 ? `\n… and ${formatNumber(leftOut)} more (--max shows more)` : '';
  return `${table}${leftOutText}\n${reasons.join(', ')}`;
}
