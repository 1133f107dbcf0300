// Saves an object of S3 as a file, completely or not at all.
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { access, constants, type FileHandle, mkdir, open, rename, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { StoredObject } from '@movie-load/aws';
import { MovieLoadError, UsageError } from '@movie-load/schema';

export interface SavedObject {
  readonly file: string;
  readonly bytes: number;
  /** SHA-256 of the bytes on disk, in hexadecimal. */
  readonly sha256: string;
}

export interface SaveOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with the bytes so far. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
}

/** Creates the folder if it is missing. Throws `UsageError` when nothing can be written there. */
export async function prepareFolder(folder: string, option: string): Promise<void> {
  try {
    await makeFolder(resolve(folder));
    await access(folder, constants.W_OK);
    // Only writing a file proves that it is writable: root passes every check of access rights.
    const probe = partialName(join(folder, 'probe'));
    await (await open(probe, 'wx')).close();
    rmSync(probe);
  } catch (cause) {
    const why = Error.isError(cause) && 'code' in cause ? String(cause.code) : String(cause);
    throw new UsageError(`Nothing can be written to ${folder} (${why}). Choose another folder with ${option}.`, {
      cause,
    });
  }
}

/** Like `mkdir -p`. Node's own `recursive` never returns where the kernel refuses with ENOENT, as below /proc. */
async function makeFolder(folder: string): Promise<void> {
  const exists = async (path: string) => (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
  if (await exists(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) await makeFolder(parent);
  await mkdir(folder).catch(async (error: unknown) => {
    if (!(await exists(folder))) throw error;
  });
}

/**
 * Writes a temporary file, flushes it to disk and renames it: a partial file is never visible. On any error, and
 * when the signal aborts, the temporary file is deleted and the object's connection is closed.
 *
 * @example await saveObject(object, 'downloads/<job_id>.json');
 * @throws `MovieLoadError` `download_short`, or `download_failed` when the disk refuses the file
 */
export async function saveObject(
  object: StoredObject,
  file: string,
  { signal, onProgress }: SaveOptions = {},
): Promise<SavedObject> {
  const partialFile = partialName(file);
  const removePartialFile = () => rmSync(partialFile, { force: true });
  // A second Ctrl-C ends the process without waiting for anything.
  process.once('exit', removePartialFile);
  try {
    const handle = await open(partialFile, 'wx').catch(diskError(file, object.bytes));
    const written = await writeAll(object, handle, { signal, onProgress })
      .catch(diskError(file, object.bytes))
      .finally(() => handle.close());
    signal?.throwIfAborted();
    await rename(partialFile, file).catch(diskError(file, object.bytes));
    await syncFolder(dirname(file));
    return { file, ...written };
  } catch (error) {
    removePartialFile();
    throw error;
  } finally {
    object.discard();
    process.off('exit', removePartialFile);
  }
}

async function writeAll(
  object: StoredObject,
  handle: FileHandle,
  { signal, onProgress }: SaveOptions,
): Promise<Pick<SavedObject, 'bytes' | 'sha256'>> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of object.body) {
    signal?.throwIfAborted();
    hash.update(chunk);
    await handle.writeFile(chunk);
    bytes += chunk.length;
    onProgress?.(bytes);
  }
  if (bytes !== object.bytes) {
    throw new MovieLoadError('download_short', `Got ${bytes} of the object's ${object.bytes} bytes. Try again.`);
  }
  await handle.sync();
  return { bytes, sha256: hash.digest('hex') };
}

/** Adds the folder to errors of the disk; other errors (of the network, an abort) stay unchanged. */
const diskError = (file: string, bytes: number) => (cause: unknown) => {
  const code = Error.isError(cause) && 'code' in cause ? String(cause.code) : '';
  if (!DISK_CODES.has(code)) throw cause;
  const isFull = DISK_FULL_CODES.has(code);
  const problem = isFull ? `is full (${code})` : `refuses the file (${code})`;
  const advice = isFull ? 'Make room there' : 'Check the folder and its permissions';
  throw new MovieLoadError(
    'download_failed',
    `${dirname(file)} ${problem}: ${basename(file)} has ${bytes} bytes. ${advice}, or choose another one with --out.`,
    { cause },
  );
};

const DISK_FULL_CODES = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const DISK_CODES = new Set([
  ...DISK_FULL_CODES,
  'EACCES',
  'EPERM',
  'EROFS',
  'EIO',
  'ENOENT',
  'ENOTDIR',
  'EISDIR',
  'ENAMETOOLONG',
]);

/** A hidden and unique name, so that two downloads of one object do not use the same file. */
function partialName(file: string): string {
  return join(dirname(file), `.${basename(file)}.${process.pid}.${performance.now()}.partial`);
}

/** Flushes the folder, which makes the rename durable. Not every system supports it. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    await handle.sync().finally(() => handle.close());
  } catch {
    // Windows cannot open a folder
  }
}
