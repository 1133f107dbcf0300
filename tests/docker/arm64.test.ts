// The image for ARM64, built on a machine of any architecture: the build runs no ARM64 program, and the layers contain no
// machine code. The base image is replaced by an empty one, because it may not be available for ARM64 here.
import { closeSync, mkdtempSync, openSync, readdirSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { needs } from '../support/needs.ts';
import { readText, root } from '../support/repository.ts';
import { docker } from './support/docker.ts';
import { buildImage } from './support/image.ts';

/** The first bytes of executable files: ELF, and the four variants of Mach-O. */
const MACHINE_CODE = new Set(['7f454c46', 'feedface', 'feedfacf', 'cefaedfe', 'cffaedfe']);

needs('docker')('the image for ARM64', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'movie-load-arm64-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('is built without emulation, and its own layers contain no machine code', async () => {
    // Most steps are those of the usual image, and done already.
    await buildImage();
    const source = readText('Dockerfile');
    const last = source.lastIndexOf('\nFROM ');
    const dockerfile = join(folder, 'Dockerfile');
    const withoutBase = `${source.slice(0, last)}${source.slice(last).replace(/FROM \S+/, 'FROM scratch')}`;
    expect(withoutBase).not.toBe(source);
    writeFileSync(dockerfile, withoutBase);
    const out = join(folder, 'out');
    await docker([
      'build',
      '--progress=plain',
      '--platform',
      'linux/arm64',
      '--file',
      dockerfile,
      '--output',
      out,
      root,
    ]);
    const files = readdirSync(out, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    expect(files.length).toBeGreaterThan(500);
    expect(files).toContain(join(out, 'app/services/consumer/src/main.ts'));
    expect(files.filter((file) => file.endsWith('.node') || MACHINE_CODE.has(firstBytesOf(file)))).toEqual([]);
  });
});

/** The first four bytes of a file, in hexadecimal. */
function firstBytesOf(file: string): string {
  const bytes = Buffer.alloc(4);
  const descriptor = openSync(file, 'r');
  readSync(descriptor, bytes, 0, 4, 0);
  closeSync(descriptor);
  return bytes.toString('hex');
}
