// Saving an object of S3 as a file: what is on disk afterwards, also after a failure or an interruption.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { StoredObject } from '@movie-load/aws';
import { UsageError } from '@movie-load/schema';
import { prepareFolder, saveObject } from '../src/save-object.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'movie-load-download-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function* body(...chunks: string[]) {
  for (const chunk of chunks) yield Buffer.from(chunk);
}

/** The path of an open file descriptor of this process. */
function targetOf(descriptor: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return '';
  }
}

let discarded = 0;
const object = (bytes: number, chunks: AsyncIterable<Buffer>): StoredObject => ({
  bytes,
  body: chunks,
  discard: () => {
    discarded++;
  },
});

describe('a download', () => {
  test('is complete on disk, with its size and sha256', async () => {
    const file = join(folder, 'a.json');
    const progressBytes: number[] = [];
    const done = await saveObject(object(5, body('[1', ',2]')), file, {
      onProgress: (bytes) => progressBytes.push(bytes),
    });
    const sha256 = '49a64717d5d4cb19952e6eac2946415cf6879adacf9908e7d872332d32c6e684';
    expect(done).toEqual({ file, bytes: 5, sha256 });
    expect(readFileSync(file, 'utf8')).toBe('[1,2]');
    expect(progressBytes).toEqual([2, 5]);
    expect(readdirSync(folder)).toEqual(['a.json']);
  });

  test('leaves no file open when it ends, successfully or not', async () => {
    const openPaths = () => {
      const descriptors = process.platform === 'linux' ? readdirSync('/proc/self/fd') : [];
      return descriptors.map(targetOf).filter((path) => path.startsWith(folder));
    };
    await saveObject(object(5, body('[1', ',2]')), join(folder, 'a.json'));
    expect(openPaths()).toEqual([]);
    await expect(saveObject(object(9, body('[1', ',2]')), join(folder, 'b.json'))).rejects.toThrow('Got 5');
    expect(openPaths()).toEqual([]);
    expect(process.listeners('exit').filter(({ name }) => name === 'removePartialFile')).toEqual([]);
  });

  test('leaves no file when it is interrupted after its last byte', async () => {
    const interrupt = new AbortController();
    async function* late() {
      yield Buffer.from('[1]');
      interrupt.abort(new Error('enough'));
    }
    const saved = saveObject(object(3, late()), join(folder, 'a.json'), { signal: interrupt.signal });
    await expect(saved).rejects.toThrow('enough');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('replaces an existing file only once it is complete', async () => {
    const file = join(folder, 'a.json');
    writeFileSync(file, 'before');
    await expect(saveObject(object(9, body('[1', ',2]')), file)).rejects.toThrow("Got 5 of the object's 9 bytes");
    expect(readFileSync(file, 'utf8')).toBe('before');
    await saveObject(object(3, body('new')), file);
    expect(readFileSync(file, 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['a.json']);
  });

  test('leaves no file when it is interrupted or the stream breaks', async () => {
    const interrupt = new AbortController();
    async function* interrupted() {
      yield Buffer.from('[1');
      interrupt.abort(new Error('enough'));
      yield Buffer.from(',2]');
    }
    const file = join(folder, 'a.json');
    await expect(saveObject(object(5, interrupted()), file, { signal: interrupt.signal })).rejects.toThrow('enough');
    // biome-ignore lint/correctness/useYield: it breaks before its first chunk
    async function* broken(): AsyncGenerator<Buffer> {
      throw new Error('connection reset');
    }
    await expect(saveObject(object(5, broken()), file)).rejects.toThrow('connection reset');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('leaves no file when the process ends during the download', async () => {
    const listings: string[][] = [];
    async function* ending() {
      yield Buffer.from('[1');
      listings.push(readdirSync(folder));
      for (const listener of process.listeners('exit')) if (listener.name === 'removePartialFile') listener(130);
      listings.push(readdirSync(folder));
      throw new Error('the process ends');
    }
    await expect(saveObject(object(5, ending()), join(folder, 'a.json'))).rejects.toThrow('the process ends');
    expect(listings).toEqual([[expect.stringMatching(/^\.a\.json\..*\.partial$/)], []]);
  });

  test('stops reading when it is interrupted', async () => {
    const interrupt = new AbortController();
    let read = 0;
    async function* endless() {
      for (;;) {
        read += 1;
        if (read === 3) interrupt.abort(new Error('enough'));
        if (read === 10) return;
        yield Buffer.from('x');
      }
    }
    const saved = saveObject(object(1e9, endless()), join(folder, 'a.json'), { signal: interrupt.signal });
    await expect(saved).rejects.toThrow('enough');
    expect(read).toBe(3);
  });

  test('fails when the stream has more bytes than the object', async () => {
    const saved = saveObject(object(4, body('[1', ',2]')), join(folder, 'a.json'));
    await expect(saved).rejects.toMatchObject({ code: 'download_short', message: expect.stringContaining('Got 5') });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('succeeds while another download of the same object runs', async () => {
    const file = join(folder, 'a.json');
    const both = await Promise.all([1, 2].map(() => saveObject(object(5, body('[1', ',2]')), file)));
    expect(both.map(({ bytes }) => bytes)).toEqual([5, 5]);
    expect(readdirSync(folder)).toEqual(['a.json']);
  });

  test.each([
    ...['ENOSPC', 'EDQUOT', 'EFBIG'].map((code) => [code, `is full (${code}): a.json has 5 bytes. Make room`]),
    ...['EACCES', 'EPERM', 'EROFS', 'EIO', 'ENOENT', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG'].map((code) => [
      code,
      `refuses the file (${code}): a.json has 5 bytes. Check the folder and its permissions, or choose another one`,
    ]),
    ['ECONNRESET', 'of the system'],
  ])('reports the error %s', async (code, text) => {
    async function* failing() {
      yield Buffer.from('[1');
      throw Object.assign(new Error('of the system'), { code });
    }
    const isDiskError = code !== 'ECONNRESET';
    const failed = saveObject(object(5, failing()), join(folder, 'a.json'));
    await expect(failed).rejects.toMatchObject({
      message: expect.stringContaining(isDiskError ? `${folder} ${text}` : String(text)),
      code: isDiskError ? 'download_failed' : code,
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('fails when its file cannot be renamed into place, and leaves no other file', async () => {
    mkdirSync(join(folder, 'a.json'));
    await expect(saveObject(object(3, body('[1]')), join(folder, 'a.json'))).rejects.toMatchObject({
      code: 'download_failed',
      message: expect.stringContaining(`${folder} refuses the file (EISDIR)`),
    });
    expect(readdirSync(folder)).toEqual(['a.json']);
  });

  test('closes the object’s stream when the disk refuses the file, and names the folder', async () => {
    const before = discarded;
    const gone = join(folder, 'gone');
    const failed = saveObject(object(5, body('[1,2]')), join(gone, 'a.json'));
    await expect(failed).rejects.toThrow(`${gone} refuses the file (ENOENT): a.json has 5 bytes.`);
    await expect(failed).rejects.toMatchObject({ code: 'download_failed' });
    expect(discarded).toBe(before + 1);
  });

  const small = smallDisk();
  afterAll(() => {
    if (small === undefined) return;
    spawnSync('umount', [small]);
    rmSync(small, { recursive: true });
  });
  (small === undefined ? test.skip : test)('says which folder is full, and leaves nothing in it', async () => {
    const full = small ?? '';
    const chunks = body(...Array.from({ length: 64 }, () => 'x'.repeat(64 * 1024)));
    await expect(saveObject(object(64 * 64 * 1024, chunks), join(full, 'a.json'))).rejects.toThrow(
      `${full} is full (ENOSPC): a.json has 4194304 bytes. Make room there, or choose another one with --out.`,
    );
    expect(readdirSync(full)).toEqual([]);
  });
});

/** A disk of 1 MiB; undefined where none can be mounted. */
function smallDisk(): string | undefined {
  const mountPoint = mkdtempSync(join(tmpdir(), 'movie-load-small-disk-'));
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', mountPoint]).status === 0) return mountPoint;
  rmSync(mountPoint, { recursive: true });
  return undefined;
}

describe('the download folder', () => {
  test('is created with its parent folders', async () => {
    const deep = join(folder, 'a/b/c');
    // Also when another process creates it at the same moment.
    await Promise.all([prepareFolder(deep, '--out'), prepareFolder(deep, '--out')]);
    await prepareFolder(deep, '--out');
    expect(readdirSync(deep)).toEqual([]);
  });

  test('is refused with the option’s name when it cannot be written', async () => {
    writeFileSync(join(folder, 'file'), '');
    for (const bad of [join(folder, 'file'), join(folder, 'file/below'), '/proc/downloads/below']) {
      await expect(prepareFolder(bad, '--out')).rejects.toThrow(UsageError);
      await expect(prepareFolder(bad, '--out')).rejects.toThrow('--out');
    }
  });
});
