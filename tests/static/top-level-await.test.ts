// A program that awaits at its top level runs before the rest of its file is evaluated. A `const`, `let` or `class`
// below does not exist yet when it is used; functions and types do.
import { expect, test } from '@jest/globals';
import { readText, trackedFiles } from '../support/repository.ts';

const AWAIT = /^(?:process\.exitCode =\s+|(?:const|let) .* = )?await /m;
const LATE = /^(?:export )?(?:const|let|class) \w+/gm;

function lateIn(source: string): string[] {
  const from = AWAIT.exec(source)?.index;
  return from === undefined ? [] : [...source.slice(from).matchAll(LATE)].map(([text]) => text);
}

test('the check finds a top-level await that comes too late', () => {
  expect(lateIn('const a = 1;\nawait run(main);\nfunction main() {}\nconst late = () => a;\nclass Late {}\n')).toEqual([
    'const late',
    'class Late',
  ]);
});

test('no service has a top-level await that comes too late', () => {
  const late = trackedFiles('services/*/src/*.ts').flatMap((file) =>
    lateIn(readText(file)).map((text) => `${file}: ${text}`),
  );
  expect(late).toEqual([]);
});
