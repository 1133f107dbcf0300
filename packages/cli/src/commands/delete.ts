// `movie-load delete <id>`: deletes everything of a job. A repeated run continues where an interrupted one ended.
import { awsOption, type CommonOptions, defineCommand, jsonOption } from '../command.ts';
import { dateTime, formatCount, formatNumber } from '../format.ts';
import { createProgressLine, printResult } from '../output.ts';
import { withSession } from '../session.ts';

interface DeleteOptions extends CommonOptions {
  readonly force?: boolean;
}

export const addTo = defineCommand('delete <id>', {
  about: 'Delete a job: its movies, its object and its unfinished upload. Consumers drop its remaining messages.',
  options: [['--force', 'delete the job even if it is RUNNING'], jsonOption, awsOption],
  examples: [
    'npm run movie-load -- delete 3f2a',
    'npm run movie-load -- delete 3f2a --force',
    'npm run movie-load -- delete 3f2a --json',
  ],
  run: deleteJob,
});

async function deleteJob(prefix: string, options: DeleteOptions): Promise<number> {
  const { force = false } = options;
  return withSession({ ...options, changes: true }, async ({ jobs, clients, signal }) => {
    const id = await jobs.resolveJobId(prefix, { signal });
    const progress = createProgressLine();
    let groups = 0;
    const onGroup = () => {
      groups += 1;
      progress(() => `${formatNumber(groups)} groups deleted`);
    };
    const deleted = await jobs.delete(id, { force, signal, onGroup });
    const result = { ...deleted, write_units: clients.counters.writeUnits };
    return printResult(options, result, () =>
      [
        `Job ${id} is deleted: ${formatCount(deleted.slices, 'slice')} of ${formatCount(deleted.groups, 'group')}, and its object (${formatNumber(result.write_units)} write units).`,
        `Consumers drop its remaining messages until ${dateTime(deleted.marked_until)}.`,
      ].join('\n'),
    );
  });
}
