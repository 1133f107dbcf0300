// `movie-load repair <id>`: writes the object again from the slices if it is missing or wrong.
import { repairOutcome } from '@movie-load/operations';
import { awsOption, type CommonOptions, defineCommand, jsonOption } from '../command.ts';
import { outcomeText, printResult } from '../output.ts';
import { withSession } from '../session.ts';

export const addTo = defineCommand('repair <id>', {
  about: 'Write the object of a job again if it is missing or wrong.',
  options: [jsonOption, awsOption],
  examples: ['npm run movie-load -- repair 3f2a', 'npm run movie-load -- repair 3f2a --json'],
  run: repair,
});

async function repair(prefix: string, options: CommonOptions): Promise<number> {
  return withSession({ ...options, changes: true }, async ({ job: findJob, jobs, signal }) => {
    const { job_id } = await findJob(prefix);
    const repaired = await jobs.repair(job_id, { signal });
    const { why, bytes, parts, written } = repaired;
    const result = { job_id, repaired: why ?? null, object_bytes: bytes, object_parts: parts, parts_written: written };
    return printResult(options, result, () => outcomeText(repairOutcome(repaired)));
  });
}
