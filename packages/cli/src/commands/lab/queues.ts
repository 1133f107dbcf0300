// `movie-load lab create`, `status` and `remove`: a queue of one's own.
import type { Command } from 'commander';
import { awsOption, examples, exitWith, jsonOption } from '../../command.ts';
import { wholeNumber } from '../../options.ts';
import { callLabQueue, type LabOptions, queueOption } from './call.ts';

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
    .option('--yes', 'confirm; on AWS nothing is deleted without it')
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

function create(options: CreateOptions): Promise<number> {
  const visibility = wholeNumber('--visibility', options.visibility, 0, LONGEST_VISIBILITY);
  const { queue } = options;
  return callLabQueue(
    options,
    { action: 'create', queue, visibility },
    {
      json: ({ created = { queue_url: '' } }) => created,
      text: ({ queue_url }) => `${queue} is there: ${queue_url}`,
    },
  );
}

function status(options: LabOptions): Promise<number> {
  const { queue } = options;
  return callLabQueue(
    options,
    { action: 'status', queue },
    {
      json: ({ status: counts = { waiting: 0, in_flight: 0, delayed: 0 } }) => ({ queue, ...counts }),
      text: ({ waiting, in_flight, delayed }) =>
        `${queue}: ${waiting} waiting, ${in_flight} in flight, ${delayed} delayed`,
    },
  );
}

function remove(options: LabOptions): Promise<number> {
  const { queue: removed } = options;
  return callLabQueue(
    options,
    { action: 'remove', queue: removed },
    { json: () => ({ removed }), text: () => `${removed} is deleted.` },
  );
}
