// Another module imports every export by its name. An unused export must be private, or deleted.
import { expect, test } from '@jest/globals';
import { readText, trackedFiles } from '../support/repository.ts';

const sources = trackedFiles('*.ts', '*.tsx', '*.mjs').map((file) => ({
  file,
  source: readText(file),
}));
const imported = new Set(sources.flatMap(({ source }) => [...importedBy(source)]));

test('every exported value is imported, and every exported type is imported or used in its module', () => {
  const exportsOf = (source: string) => [
    ...source.matchAll(/^export (?!default )(?:declare |abstract |async )*(\w+)\*? (\w+)/gm),
  ];
  expect(sources.flatMap(({ source }) => exportsOf(source)).length).toBeGreaterThan(1000);
  const dead = sources.flatMap(({ file, source }) =>
    exportsOf(source)
      .filter(([, kind = '', name = '']) => {
        const isOfAnotherExport = /^(?:interface|type)$/.test(kind) && timesIn(source, name) > 1;
        return !imported.has(name) && !isOfAnotherExport;
      })
      .map(([, , name]) => `${file}: ${name}`),
  );
  expect(dead).toEqual([]);
});

test('everything that an index exports is imported', () => {
  const dead = sources.flatMap(({ file, source }) =>
    [...source.matchAll(/^export (?:type )?\{([^}]*)\}/gm)]
      .flatMap(([, list = '']) => namesOf(list).map((name) => name.split(/ as /).at(-1) ?? name))
      .filter((name) => !imported.has(name))
      .map((name) => `${file}: ${name}`),
  );
  expect(dead).toEqual([]);
});

/** Names in `import { … }`; in files with `import(…)` also destructured names, and members of `import * as`. */
function* importedBy(source: string): Generator<string> {
  const lists = [...source.matchAll(/^import (?:type )?(?:\w+, )?\{([^}]*)\} from/gm)];
  if (source.includes('import(')) lists.push(...source.matchAll(/\{([^{}]*)\}/g));
  for (const [, list = ''] of lists) yield* namesOf(list).map((name) => name.split(/ as |:/)[0] ?? name);
  for (const [, name] of source.matchAll(/\bimport\([^)]*\)\)?\.(\w+)/g)) if (name !== undefined) yield name;
  for (const [, all] of source.matchAll(/^import \* as (\w+) from/gm)) {
    for (const [, name] of source.matchAll(new RegExp(`\\b${all}\\.(\\w+)`, 'g'))) if (name !== undefined) yield name;
  }
}

function namesOf(list: string): string[] {
  const names = list.split(',').map((name) => name.trim().replace(/^type /, ''));
  return names.filter((name) => name !== '');
}

const timesIn = (source: string, name: string) => source.match(new RegExp(`\\b${name}\\b`, 'g'))?.length ?? 0;
