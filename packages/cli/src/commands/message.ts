// `movie-load message <job> <number>`: what happened to one message of a job, from its sending on, in every queue.
import { parseDeduplicationId, UsageError } from '@movie-load/schema';
import type { Command } from 'commander';
import { z } from 'zod';
import { awsOption, type CommonOptions, examples, exitWith, jsonOption } from '../command.ts';
import { endpointSettings } from '../endpoint.ts';
import { duration, grouped, quoted, shown } from '../format.ts';
import { type AskLab, openLab } from '../lab.ts';
import { wholeNumber } from '../options.ts';
import { printResult, tableOf } from '../output.ts';

export function addTo(program: Command): void {
  program
    .command('message <job> <number>')
    .description('Show what happened to a message: sent, received by whom, hidden until when, deleted, moved.')
    .option(...jsonOption)
    .option(...awsOption)
    .addHelpText(...examples('npm run movie-load -- message 3f2a 17', 'npm run movie-load -- message 3f2a 17 --json'))
    .action(exitWith(showMessage));
}

const eventSchema = z.object({
  kind: z.string(),
  at: z.number(),
  queue: z.string(),
  by: z.string().nullable(),
  until: z.number().nullable(),
  receives: z.number(),
});
const historySchema = z.object({
  message_id: z.string(),
  group: z.string().nullable(),
  deduplication_id: z.string().nullable(),
  events: z.array(eventSchema),
  events_left_out: z.number(),
});
type History = z.infer<typeof historySchema>;
const answerSchema = z.object({ messages: z.array(historySchema), forgotten_messages: z.number() });

const MAX_NUMBER = 100_000_000;
const JOB = /^[0-9a-f-]{1,36}$/;

async function showMessage(job: string, numberText: string, options: CommonOptions): Promise<number> {
  if (!JOB.test(job)) throw new UsageError(`${quoted(job)} is not a job id, or its first characters.`);
  const number = wholeNumber('The number of a message', numberText, 0, MAX_NUMBER);
  const ask = await openLab(await endpointSettings(options), 'tells what happened to a message');
  const { messages, forgotten } = await historyOf(ask, job, number);
  if (messages.length === 0) {
    const lost = forgotten === 0 ? '' : ` The history of ${grouped(forgotten)} older messages is forgotten.`;
    throw new UsageError(
      `Nothing is known of a message ${grouped(number)} of a job ${job}: it was not sent.${lost} \`movie-load jobs\` lists the jobs.`,
    );
  }
  const [first] = messages;
  const jobs = new Set(messages.flatMap((one) => parseDeduplicationId(one.deduplication_id ?? '')?.job_id ?? []));
  if (jobs.size > 1) throw new UsageError(`${job} begins the ids of several jobs: ${[...jobs].join(', ')}.`);
  return printResult(options, { messages, forgotten_messages: forgotten }, () =>
    [`job ${[...jobs].join()}, message ${grouped(number)}, group ${first?.group ?? '–'}`, ...messages.map(textOf)].join(
      '\n\n',
    ),
  );
}

/** All sendings of the message, and the dead letters that consumers made of them: those have its message id as their group. */
async function historyOf(ask: AskLab, job: string, number: number) {
  const question = new URLSearchParams({ deduplication_id: `${job}*.${number}.*` });
  const { messages: found, forgotten_messages: forgotten } = await ask(`history?${question}`, answerSchema);
  const sent = found.filter((one) => parseDeduplicationId(one.deduplication_id ?? '')?.number === number);
  const letters = await Promise.all(
    sent.map(({ message_id }) => ask(`history?${new URLSearchParams({ group: message_id })}`, answerSchema)),
  );
  return { messages: [...sent, ...letters.flatMap(({ messages }) => messages)], forgotten };
}

const WORDS: Readonly<Record<string, string>> = {
  sent: 'sent',
  deduplicated: 'sent again: SQS kept the first',
  received: 'received',
  extended: 'visibility extended',
  released: 'released',
  visible: 'visible again: its time was over',
  deleted: 'deleted',
  moved: 'moved away',
  arrived: 'arrived',
  expired: 'removed: its retention was over',
  purged: 'purged',
};

function textOf({ message_id, events, events_left_out }: History): string {
  const start = events[0]?.at ?? 0;
  const table = tableOf(events, [
    { title: 'AFTER', right: true, cell: ({ at }) => duration(at - start) },
    {
      title: 'WHAT',
      cell: ({ kind, receives }) => `${WORDS[kind] ?? kind}${kind === 'received' ? ` (${receives}.)` : ''}`,
    },
    { title: 'BY', cell: ({ by }) => shown(by ?? '–') },
    { title: 'HIDDEN UNTIL', cell: ({ until }) => (until === null ? '–' : `after ${duration(until - start)}`) },
    { title: 'QUEUE', cell: ({ queue }) => shown(queue) },
  ]);
  const left = events_left_out === 0 ? '' : `\n(${grouped(events_left_out)} events after the first are left out)`;
  return `message id ${message_id}, ${new Date(start).toISOString()}\n${table}${left}`;
}
