// The manifests of Kubernetes against its schemas and KEDA's: values by their validators, names of fields by their
// types, because Kubernetes silently ignores an unknown field.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';

const infra = resolve(import.meta.dirname, '..');
const manifests = join(infra, 'kubernetes');
const tsc = join(infra, '../node_modules/.bin/tsc');
/** The folder where imports find the packages. */
const folder = join(infra, 'node_modules/.movie-load-manifests');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Manifest {
  readonly title: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly json: Readonly<Record<string, unknown>>;
}

const documents: Manifest[] = readdirSync(manifests)
  .flatMap((file) =>
    parseAllDocuments(readFileSync(join(manifests, file), 'utf8'), { merge: true }).map((document) => {
      const json: Manifest['json'] = document.toJS();
      const { apiVersion, kind } = json;
      return { title: `${kind} in ${file}`, apiVersion: String(apiVersion), kind: String(kind), json };
    }),
  )
  // Kustomize reads this file, a cluster does not.
  .filter(({ kind }) => kind !== 'Kustomization');

const moduleOf = ({ apiVersion }: Manifest): string =>
  apiVersion.startsWith('keda.sh/') ? `@kubernetes-models/keda/${apiVersion}` : `kubernetes-models/${apiVersion}`;

describe.each(documents)('$title', (manifest) => {
  test('has values that its schema accepts', async () => {
    const models: Record<string, new (data: unknown) => { validate(): void }> = await import(moduleOf(manifest));
    const model = models[manifest.kind];
    if (model === undefined) throw new Error(`${moduleOf(manifest)} has no ${manifest.kind}`);
    expect(() => new model(manifest.json).validate()).not.toThrow();
  });
});

test('every field of the manifests is known to Kubernetes or KEDA, and the check finds an unknown one', () => {
  mkdirSync(folder, { recursive: true });
  const write = (name: string, manifest: Manifest, json: object) =>
    writeFileSync(
      join(folder, name),
      `import type { I${manifest.kind} } from '${moduleOf(manifest)}';\nexport const it: I${manifest.kind} = ${JSON.stringify(json)};\n`,
    );
  for (const [index, manifest] of documents.entries()) {
    write(`good${index}.ts`, manifest, manifest.json);
    write(`bad${index}.ts`, manifest, { ...manifest.json, metadata: { nam: 'a field that is misspelt' } });
  }
  const options = [
    '--ignoreConfig',
    '--noEmit',
    '--strict',
    '--skipLibCheck',
    '--module',
    'nodenext',
    '--target',
    'es2024',
  ];
  const files = documents.flatMap((_, index) => [join(folder, `good${index}.ts`), join(folder, `bad${index}.ts`)]);
  const { stdout } = spawnSync(tsc, [...options, ...files], { cwd: folder, encoding: 'utf8' });
  const wrong = new Set([...stdout.matchAll(/(good|bad)\d+(?=\.ts\()/g)].map(([name]) => name));
  expect({ wrong: [...wrong].sort(), stdout }).toEqual({
    wrong: documents.map((_, index) => `bad${index}`).sort(),
    stdout,
  });
});
