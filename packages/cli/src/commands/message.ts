// `movie-load message <job> <number>`: shows the history of one message of a job, in every queue.
import { eventText, type MessageHistory, readMessageHistory } from '@movie-load/operations/lab';
import { parseDeduplicationId, UsageError } from '@movie-load/schema';
import { awsOption, type CommonOptions, defineCommand, jsonOption } from '../command.ts';
import { endpointSettings } from '../endpoint.ts';
import { formatCount, formatDuration, formatNumber, printable, quoted } from '../format.ts';
import { openLab } from '../lab.ts';
import { wholeNumber } from '../options.ts';
import { printResult, tableOf } from '../output.ts';

export const addTo = defineCommand('message <job> <number>', {
  about: 'Show the history of a message: when it was sent, received, hidden, deleted or moved, and by which process.',
  options: [jsonOption, awsOption],
  examples: ['npm run movie-load -- message 3f2a 17', 'npm run movie-load -- message 3f2a 17 --json'],
  run: showMessage,
});

const MAX_NUMBER = 100_000_000;
const JOB_ID_PREFIX = /^[0-9a-f-]{1,36}$/;

async function showMessage(prefix: string, numberText: string, options: CommonOptions): Promise<number> {
  const job = prefix.toLowerCase();
  if (!JOB_ID_PREFIX.test(job)) throw new UsageError(`${quoted(prefix)} is not a job id, or its first characters.`);
  const number = wholeNumber('The number of a message', numberText, 0, MAX_NUMBER);
  const callLab = await openLab(await endpointSettings(options), 'keeps a history of messages');
  const { messages, forgottenMessages: forgotten } = await readMessageHistory(callLab, job, number);
  if (messages.length === 0) {
    const orRemoved =
      forgotten === 0
        ? ''
        : `, or its history was removed to save memory, as that of ${formatCount(forgotten, 'older message')} was`;
    throw new UsageError(
      `Nothing is known of a message ${formatNumber(number)} of a job ${job}: it was not sent${orRemoved}. \`movie-load jobs\` lists the jobs.`,
    );
  }
  const [first] = messages;
  const jobs = new Set(messages.flatMap((one) => parseDeduplicationId(one.deduplication_id ?? '')?.job_id ?? []));
  if (jobs.size > 1) throw new UsageError(`${job} begins the ids of several jobs: ${[...jobs].join(', ')}.`);
  return printResult(options, { messages, forgotten_messages: forgotten }, () =>
    [
      `job ${[...jobs].join()}, message ${formatNumber(number)}, group ${first?.group ?? '–'}`,
      ...messages.map(historyText),
    ].join('\n\n'),
  );
}

function historyText({ message_id, events, events_left_out }: MessageHistory): string {
  const start = events[0]?.at ?? 0;
  const table = tableOf(events, [
    { title: 'AFTER', right: true, cell: ({ at }) => formatDuration(at - start) },
    { title: 'WHAT', cell: (event) => eventText(event) },
    { title: 'BY', cell: ({ by }) => printable(by ?? '–') },
    { title: 'HIDDEN UNTIL', cell: ({ until }) => (until === null ? '–' : `after ${formatDuration(until - start)}`) },
    { title: 'QUEUE', cell: ({ queue }) => printable(queue) },
  ]);
  const leftOutText =
    events_left_out === 0 ? '' : `\n(${formatNumber(events_left_out)} events after the first are left out)`;
  return `message id ${message_id}, ${new Date(start).toISOString()}\n${table}${leftOutText}`;
}
