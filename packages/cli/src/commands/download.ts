// `movie-load download <id>`: saves a job's object as a file, completely or not at all.
import { join, resolve } from 'node:path';
import { MovieLoadError, objectKey } from '@movie-load/schema';
import { awsOption, type CommonOptions, defineCommand, jsonOption } from '../command.ts';
import { formatBytes, shortId } from '../format.ts';
import { createProgressLine, printResult } from '../output.ts';
import { prepareFolder, saveObject } from '../save-object.ts';
import { withSession } from '../session.ts';

interface DownloadOptions extends CommonOptions {
  readonly out: string;
}

export const addTo = defineCommand('download <id>', {
  about: 'Save the object of a job as a file.',
  options: [['--out <folder>', 'the folder for the file', 'downloads'], jsonOption, awsOption],
  examples: ['npm run movie-load -- download 3f2a', 'npm run movie-load -- download 3f2a --out /data --json'],
  run: download,
});

async function download(prefix: string, options: DownloadOptions): Promise<number> {
  return withSession(options, async ({ job: findJob, jobs, signal, settings }) => {
    const { job_id, status } = await findJob(prefix);
    const folder = resolve(options.out);
    await prepareFolder(folder, '--out');
    const object = await jobs.openObject(job_id, { signal });
    if (!object) throw objectMissing(job_id, status, settings.bucket);
    const progress = createProgressLine();
    const saved = await saveObject(object, join(folder, objectKey(job_id)), {
      signal,
      onProgress: (receivedBytes) => progress(() => `${formatBytes(receivedBytes)} of ${formatBytes(object.bytes)}`),
    });
    const text = () => `${saved.file}\n${formatBytes(saved.bytes)}, sha256 ${saved.sha256}`;
    return printResult(options, { job_id, ...saved }, text);
  });
}

function objectMissing(jobId: string, status: string, bucket: string): MovieLoadError {
  const id = shortId(jobId);
  const text =
    status === 'COMPLETE'
      ? `The job is COMPLETE, but ${objectKey(jobId)} is not in ${bucket}. \`movie-load repair ${id}\` writes it again.`
      : `The job is not COMPLETE yet, so there is no object. \`movie-load job ${id}\` shows how far it is.`;
  return new MovieLoadError('object_missing', text);
}
