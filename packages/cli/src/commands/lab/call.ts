// Shared by the subcommands of `lab`: makes one call to SQS, and prints the result with the equivalent AWS CLI command.
import { touchesAws } from '@movie-load/aws';
import type { LabQueueRequest } from '@movie-load/operations/lab';
import { UsageError } from '@movie-load/schema';
import type { CommonOptions } from '../../command.ts';
import { announceChanges, endpointSettings, withClients } from '../../endpoint.ts';
import { type LabQueueResult, labQueueCall, labQueueName } from '../../lab-queue.ts';
import { printResult } from '../../output.ts';

export interface LabOptions extends CommonOptions {
  readonly queue: string;
  /** Confirms `remove` on AWS. */
  readonly yes?: boolean;
}

export const queueOption = [
  '--queue <name>',
  'the name of your queue; a FIFO queue if it ends in .fifo',
  'lab.fifo',
] as const;

export interface ResultFormat<T> {
  /** The JSON for programs, from the result of the call. */
  readonly json: (result: LabQueueResult) => T;
  /** The text for people. */
  readonly text: (result: T) => string;
}

/** Makes one call, and prints its result after the equivalent line of the AWS CLI. Returns the exit code. */
export async function callLabQueue<T extends object>(
  options: LabOptions,
  request: LabQueueRequest,
  { json, text }: ResultFormat<T>,
): Promise<number> {
  const settings = await endpointSettings(options);
  const name = labQueueName(request.queue, settings);
  if (request.action === 'remove' && touchesAws(settings) && !options.yes) {
    throw new UsageError(
      `That would delete the queue ${name} of your AWS account and all that is in it, for good. Add --yes if you mean it.`,
    );
  }
  if (request.action === 'create' || request.action === 'remove') await announceChanges(settings);
  return withClients(settings, async (clients) => {
    const { aws_cli, run } = await labQueueCall(request, { settings, clients });
    const result = json(await run());
    return printResult(options, { ...result, aws_cli }, () => `${text(result)}\n\n  ${aws_cli}`);
  });
}
