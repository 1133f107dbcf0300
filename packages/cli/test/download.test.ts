import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { UsageError } from '@movie-load/schema';
import { download, prepareFolder } from '../src/download.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'movie-load-download-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function* body(...chunks: string[]) {
  for (const chunk of chunks) yield Buffer.from(chunk);
}

describe('a download', () => {
  test('is on disk whole, with its size and sha256', async () => {
    const file = join(folder, 'a.json');
    const seen: number[] = [];
    const done = await download({ bytes: 5, body: body('[1', ',2]') }, file, {
      onProgress: (bytes) => seen.push(bytes),
    });
    const sha256 = '49a64717d5d4cb19952e6eac2946415cf6879adacf9908e7d872332d32c6e684';
    expect(done).toEqual({ file, bytes: 5, sha256 });
    expect(readFileSync(file, 'utf8')).toBe('[1,2]');
    expect(seen).toEqual([2, 5]);
    expect(readdirSync(folder)).toEqual(['a.json']);
  });

  test('replaces what was there only when all of it is there', async () => {
    const file = join(folder, 'a.json');
    writeFileSync(file, 'before');
    await expect(download({ bytes: 9, body: body('[1', ',2]') }, file)).rejects.toThrow(
      "Got 5 of the object's 9 bytes",
    );
    expect(readFileSync(file, 'utf8')).toBe('before');
    await download({ bytes: 3, body: body('new') }, file);
    expect(readFileSync(file, 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['a.json']);
  });

  test('leaves nothing when it is interrupted or the stream breaks', async () => {
    const interrupt = new AbortController();
    async function* interrupted() {
      yield Buffer.from('[1');
      interrupt.abort(new Error('enough'));
      yield Buffer.from(',2]');
    }
    const file = join(folder, 'a.json');
    await expect(download({ bytes: 5, body: interrupted() }, file, { signal: interrupt.signal })).rejects.toThrow(
      'enough',
    );
    // biome-ignore lint/correctness/useYield: it breaks before its first chunk
    async function* broken(): AsyncGenerator<Buffer> {
      throw new Error('connection reset');
    }
    await expect(download({ bytes: 5, body: broken() }, file)).rejects.toThrow('connection reset');
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('the folder', () => {
  test('is made with all that lies above it', async () => {
    const deep = join(folder, 'a/b/c');
    await prepareFolder(deep, '--out');
    await prepareFolder(deep, '--out');
    expect(readdirSync(deep)).toEqual([]);
  });

  test('that cannot be written is refused with the option’s name', async () => {
    writeFileSync(join(folder, 'file'), '');
    for (const bad of [join(folder, 'file'), join(folder, 'file/below'), '/proc/downloads/below']) {
      await expect(prepareFolder(bad, '--out')).rejects.toThrow(UsageError);
      await expect(prepareFolder(bad, '--out')).rejects.toThrow('--out');
    }
  });
});
