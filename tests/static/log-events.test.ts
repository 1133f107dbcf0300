// docs/log-events.md lists the message of every log event, and none that no service logs.
import { expect, test } from '@jest/globals';
import { readText, trackedFiles } from '../support/repository.ts';

const LEVELS = 'fatal|error|warn|info|debug|trace';

const sources = trackedFiles('services/*/src/*.ts', 'packages/service/src/*.ts')
  .filter((file) => !file.includes('/page/'))
  .map((file) => readText(file).replaceAll(/^\s*(?:\*|\/\/).*$/gm, ''));
const code = sources.join('\n');

const logged = new Set(sources.flatMap(messagesOf));
const documented = [...readText('docs/log-events.md').matchAll(/^\| (`.+?`+) \|/gm)].map(([, cell = '']) =>
  cell.replaceAll('`', ''),
);

test.each([...logged].sort())('docs/log-events.md has a row for “%s”', (message) => {
  expect(documented).toContain(message);
});

test('docs/log-events.md has one row for each message, and no other', () => {
  expect(logged.size).toBeGreaterThan(30);
  expect(documented.filter((message, index) => documented.indexOf(message) !== index)).toEqual([]);
  // Some messages reach the log through a variable: the code contains them as texts, too.
  expect(documented.filter((message) => !logged.has(message) && !code.includes(`'${message}'`))).toEqual([]);
});

/** The texts of all log calls whose last argument is a text. Computed parts of a text are `…`. */
function messagesOf(source: string): string[] {
  const calls = [...source.matchAll(new RegExp(`\\blog\\.(?:${LEVELS})\\(`, 'g'))];
  return calls.flatMap(({ index, 0: { length } }) => {
    const [, single, template] = /(?:'([^'\n]*)'|`([^`]*)`),?\s*$/.exec(argumentsFrom(source, index + length)) ?? [];
    const text = single ?? template?.replaceAll(/\$\{[^}]*\}/g, '…');
    return text === undefined ? [] : [text.replaceAll('`', '')];
  });
}

/** The text from an opening bracket to its closing one; brackets inside texts are assumed to be in pairs. */
function argumentsFrom(source: string, start: number): string {
  let depth = 1;
  let end = start;
  while (depth > 0 && end < source.length) {
    const char = source[end++];
    if (char === '(') depth++;
    if (char === ')') depth--;
  }
  return source.slice(start, end - 1);
}
