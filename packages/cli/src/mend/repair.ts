// `movie-load repair <id>`: writes the object again from the slices when it is missing or differs.

import { EXIT } from '../exit.ts';
import type { LookOptions } from '../look/options.ts';
import { bytes, printJson, printLine } from '../output.ts';
import { withSession } from '../session.ts';

const WORDS = {
  object_missing: 'The object was missing; it is written again',
  object_differs: 'The object was not what the slices make; it is written again',
  not_complete: 'The object is written, and the job is COMPLETE',
} as const;

export async function repair(prefix: string, options: LookOptions): Promise<number> {
  return withSession({ ...options, changes: true }, async ({ job: find, jobs, signal }) => {
    const { job_id } = await find(prefix);
    const repaired = await jobs.repair(job_id, { signal });
    if (options.json) await printJson({ job_id, repaired: repaired.why ?? null, object_bytes: repaired.bytes });
    else if (repaired.why) await printLine(`${WORDS[repaired.why]} (${bytes(repaired.bytes)}).`);
    else await printLine(`The object is as it should be (${bytes(repaired.bytes)}); nothing was done.`);
    return EXIT.done;
  });
}
