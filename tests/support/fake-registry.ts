// An npm registry with one package in it, for tests of what the launcher fetches.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeServer, listenLocally } from '@movie-load/testing';

export interface FakeRegistry extends AsyncDisposable {
  readonly url: string;
  /** Of the package's tarball, as npm writes it. */
  readonly integrity: string;
}

/** Serves `name@version`: a package with these files beside its package.json. */
export async function startFakeRegistry(
  name: string,
  version: string,
  files: Readonly<Record<string, string>>,
): Promise<FakeRegistry> {
  const tarball = pack({ ...files, 'package.json': JSON.stringify({ name, version }) });
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
  const server = createServer((request, response) => {
    if (request.url?.endsWith('.tgz')) return response.end(tarball);
    const dist = { tarball: `${url}/package.tgz`, integrity };
    const versions = { [version]: { name, version, dist } };
    response.setHeader('content-type', 'application/json');
    return response.end(JSON.stringify({ name, 'dist-tags': { latest: version }, versions }));
  });
  const { url } = await listenLocally(server);
  return {
    url,
    integrity,
    [Symbol.asyncDispose]: () => closeServer(server),
  };
}

function pack(files: Readonly<Record<string, string>>): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'movie-load-pack-'));
  mkdirSync(join(folder, 'package'));
  for (const [file, text] of Object.entries(files)) {
    writeFileSync(join(folder, 'package', file), text, { mode: 0o755 });
  }
  const file = join(folder, 'package.tgz');
  const { status, stderr } = spawnSync('tar', ['-czf', file, '-C', folder, 'package'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`tar: ${stderr}`);
  const packed = readFileSync(file);
  rmSync(folder, { recursive: true, force: true });
  return packed;
}
