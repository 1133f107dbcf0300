// `movie-load lab create`, `status` and `remove`: the learner's own queue.
import { MAX_VISIBILITY } from '@movie-load/operations/lab';
import { awsOption, defineCommand, jsonOption } from '../../command.ts';
import { wholeNumber } from '../../options.ts';
import { callLabQueue, type LabOptions, queueOption } from './call.ts';

export const queueCommands = [
  defineCommand('create', {
    about: 'Create your queue.',
    options: [queueOption, ['--visibility <seconds>', 'its visibility timeout', '30'], jsonOption, awsOption],
    examples: ['npm run movie-load -- lab create', 'npm run movie-load -- lab create --queue standard --visibility 5'],
    run: create,
  }),
  defineCommand('status', {
    about: 'Show how many messages are waiting, in flight and delayed.',
    options: [queueOption, jsonOption, awsOption],
    examples: ['npm run movie-load -- lab', 'npm run movie-load -- lab status --json'],
    isDefault: true,
    run: status,
  }),
  defineCommand('remove', {
    about: 'Delete your queue with all its messages.',
    options: [queueOption, ['--yes', 'confirm; on AWS nothing is deleted without it'], jsonOption, awsOption],
    examples: ['npm run movie-load -- lab remove', 'npm run movie-load -- lab remove --queue standard --json'],
    run: remove,
  }),
];

interface CreateOptions extends LabOptions {
  readonly visibility: string;
}

function create(options: CreateOptions): Promise<number> {
  const visibility = wholeNumber('--visibility', options.visibility, 0, MAX_VISIBILITY);
  const { queue } = options;
  return callLabQueue(
    options,
    { action: 'create', queue, visibility },
    {
      json: ({ created = { queue_url: '' } }) => created,
      text: ({ queue_url }) => `${queue} exists: ${queue_url}`,
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

/** `callLabQueue` requires `--yes` on AWS. */
function remove(options: LabOptions): Promise<number> {
  const { queue: removed } = options;
  return callLabQueue(
    options,
    { action: 'remove', queue: removed },
    { json: () => ({ removed }), text: () => `${removed} is deleted.` },
  );
}
