// `movie-load download <id>`: the job's object as a file, whole or not at all.
import { join, resolve } from 'node:path';
import { MovieLoadError, objectKey } from '@movie-load/schema';
import { download, prepareFolder } from '../download.ts';
import { EXIT } from '../exit.ts';
import { bytes, printJson, printLine } from '../output.ts';
import { withSession } from '../session.ts';
import type { LookOptions } from './options.ts';

export interface DownloadOptions extends LookOptions {
  readonly out: string;
}

const PROGRESS_MS = 1000;

export async function downloadJob(prefix: string, options: DownloadOptions): Promise<number> {
  return withSession(options, async ({ job: find, jobs, signal, settings }) => {
    const job = await find(prefix);
    const folder = resolve(options.out);
    await prepareFolder(folder, '--out');
    const object = await jobs.openObject(job.job_id, { signal });
    if (!object) throw missing(job.job_id, job.status, settings.bucket);
    let saidAt = performance.now();
    const done = await download(object, join(folder, objectKey(job.job_id)), {
      signal,
      onProgress(got) {
        if (performance.now() - saidAt < PROGRESS_MS) return;
        saidAt = performance.now();
        process.stderr.write(`${bytes(got)} of ${bytes(object.bytes)}\n`);
      },
    });
    if (options.json) await printJson({ job_id: job.job_id, ...done });
    else await printLine(`${done.file}\n${bytes(done.bytes)}, sha256 ${done.sha256}`);
    return EXIT.done;
  });
}

function missing(jobId: string, status: string, bucket: string): MovieLoadError {
  const short = jobId.slice(0, 8);
  const text =
    status === 'COMPLETE'
      ? `The job is COMPLETE, but ${objectKey(jobId)} is not in ${bucket}. \`movie-load repair ${short}\` writes it again.`
      : `The job is not COMPLETE yet, so there is no object. \`movie-load job ${short}\` shows how far it is.`;
  return new MovieLoadError('object_missing', text);
}
