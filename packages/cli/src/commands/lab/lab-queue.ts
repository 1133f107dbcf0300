// What the commands of the lab queue share: which queue, one call, and the line of the AWS CLI that does the same.
import type { SQSClient } from '@aws-sdk/client-sqs';
import { type LoadedAwsSettings, openQueue } from '@movie-load/aws';
import { UsageError } from '@movie-load/schema';
import type { CommonOptions } from '../../command.ts';
import { endpointSettings, withClients } from '../../endpoint.ts';
import { quoted } from '../../format.ts';
import { printResult } from '../../output.ts';

export interface LabOptions extends CommonOptions {
  readonly queue: string;
}

export const queueOption = ['--queue <name>', 'your queue; FIFO when its name ends in .fifo', 'lab.fifo'] as const;

export interface LabCall<T> {
  /** The action and its options, as the AWS CLI takes them after `sqs`. */
  readonly cli: readonly string[];
  run(sqs: SQSClient, queueUrl: string): Promise<T>;
  /** What people read. */
  text(result: T): string;
}

const NAME = /^[A-Za-z0-9_-]{1,75}(?:\.fifo)?$/;

/** Throws `UsageError` for what is not a queue's name, and for the pipeline's own queues. */
export function labQueueName(name: string, settings: LoadedAwsSettings): string {
  if (!NAME.test(name)) throw new UsageError(`${quoted(name)} is not a valid queue name.`);
  if (name !== settings.queue && name !== settings.dlq) return name;
  throw new UsageError(`${name} belongs to the pipeline. Work on a queue of your own: \`lab create\` makes one.`);
}

/** Makes one call on the queue of `--queue` and prints it beside its line of the AWS CLI. Returns the exit code. */
export async function callLabQueue<T extends object>(options: LabOptions, call: LabCall<T>): Promise<number> {
  const settings = await endpointSettings(options);
  const name = labQueueName(options.queue, settings);
  return withClients(settings, async (clients) => {
    const { url } = await openQueue(clients, name).catch((error: unknown) => {
      throw Error.isError(error) && 'code' in error && error.code === 'queue_missing'
        ? new UsageError(`There is no queue ${name}. \`lab create --queue ${name}\` makes it.`, { cause: error })
        : error;
    });
    const result = await call.run(clients.sqs, url);
    return printCall(
      options,
      settings,
      { ...call, cli: [call.cli[0] ?? '', '--queue-url', url, ...call.cli.slice(1)] },
      result,
    );
  });
}

export function printCall<T extends object>(
  options: CommonOptions,
  settings: LoadedAwsSettings,
  { cli, text }: Pick<LabCall<T>, 'cli' | 'text'>,
  result: T,
): Promise<number> {
  const line = cliLine(settings, cli);
  return printResult(options, { ...result, aws_cli: line }, () => `${text(result)}\n\n  ${line}`);
}

/** @example cliLine(settings, ['list-queues']) // aws --endpoint-url http://127.0.0.1:4566 sqs list-queues */
function cliLine(settings: LoadedAwsSettings, words: readonly string[]): string {
  const endpoint = settings.endpoints?.sqs ?? settings.endpoint;
  return ['aws', ...(endpoint === undefined ? [] : ['--endpoint-url', endpoint]), 'sqs', ...words]
    .map(shellWord)
    .join(' ');
}

/** As a shell needs it. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
