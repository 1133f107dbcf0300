// `movie-load lab create`, `status` and `remove`: a queue of one's own.
import { CreateQueueCommand, DeleteQueueCommand, GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Command } from 'commander';
import { awsOption, examples, exitWith, jsonOption } from '../../command.ts';
import { announceChanges, endpointSettings, withClients } from '../../endpoint.ts';
import { wholeNumber } from '../../options.ts';
import { callLabQueue, type LabOptions, labQueueName, printCall, queueOption } from './lab-queue.ts';

export function addQueueCommands(lab: Command): void {
  lab
    .command('create')
    .description('Make a queue of your own.')
    .option(...queueOption)
    .option('--visibility <seconds>', 'its visibility timeout', '30')
    .option(...jsonOption)
    .option(...awsOption)
    .addHelpText(
      ...examples(
        'npm run movie-load -- lab create',
        'npm run movie-load -- lab create --queue standard --visibility 5',
      ),
    )
    .action(exitWith(create));
  lab
    .command('status', { isDefault: true })
    .description('Show how many messages wait, are in flight and delayed.')
    .option(...queueOption)
    .option(...jsonOption)
    .option(...awsOption)
    .addHelpText(...examples('npm run movie-load -- lab', 'npm run movie-load -- lab status --json'))
    .action(exitWith(status));
  lab
    .command('remove')
    .description('Delete the queue, with all that is in it.')
    .option(...queueOption)
    .option(...jsonOption)
    .option(...awsOption)
    .addHelpText(
      ...examples('npm run movie-load -- lab remove', 'npm run movie-load -- lab remove --queue standard --json'),
    )
    .action(exitWith(remove));
}

interface CreateOptions extends LabOptions {
  readonly visibility: string;
}

const LONGEST_VISIBILITY = 43_200;

async function create(options: CreateOptions): Promise<number> {
  const visibility = wholeNumber('--visibility', options.visibility, 0, LONGEST_VISIBILITY);
  const settings = await endpointSettings(options);
  const name = labQueueName(options.queue, settings);
  await announceChanges(settings);
  const Attributes = {
    VisibilityTimeout: String(visibility),
    ...(name.endsWith('.fifo') ? { FifoQueue: 'true' } : {}),
  };
  return withClients(settings, async ({ sqs }) => {
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes }));
    const attributes = Object.entries(Attributes).map(([key, value]) => `${key}=${value}`);
    const cli = ['create-queue', '--queue-name', name, '--attributes', attributes.join(',')];
    return printCall(
      options,
      settings,
      { cli, text: ({ queue_url }) => `${name} is there: ${queue_url}` },
      { queue_url: QueueUrl },
    );
  });
}

const COUNTS = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const;

function status(options: LabOptions): Promise<number> {
  return callLabQueue(options, {
    cli: ['get-queue-attributes', '--attribute-names', ...COUNTS],
    async run(sqs, QueueUrl) {
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...COUNTS] }),
      );
      const [waiting = 0, in_flight = 0, delayed = 0] = COUNTS.map((name) => Number(Attributes[name] ?? 0));
      return { queue: options.queue, waiting, in_flight, delayed };
    },
    text: ({ queue, waiting, in_flight, delayed }) =>
      `${queue}: ${waiting} waiting, ${in_flight} in flight, ${delayed} delayed`,
  });
}

function remove(options: LabOptions): Promise<number> {
  return callLabQueue(options, {
    cli: ['delete-queue'],
    async run(sqs, QueueUrl) {
      await sqs.send(new DeleteQueueCommand({ QueueUrl }));
      return { removed: options.queue };
    },
    text: ({ removed }) => `${removed} is deleted.`,
  });
}
