// How commands print: results, long JSON documents, progress and tables; what happens when the reader of the output
// stops reading; and which characters of foreign texts are replaced.
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { EXIT } from '@movie-load/schema';
import { printable } from '../src/format.ts';
import { createProgressLine, endOutputOn, printJsonList, printLine, printResult, tableOf } from '../src/output.ts';

let printed: string;
let isFull: boolean;
beforeEach(() => {
  printed = '';
  isFull = false;
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return !isFull;
  });
  endOutputOn(new AbortController().signal);
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

describe('a result', () => {
  test('is one JSON line for programs, a text for people, and the exit code of success', async () => {
    const value = { a: 1, b: ['x', { c: null }] };
    expect(await printResult({ json: true }, value, () => 'text')).toBe(EXIT.ok);
    expect(await printResult({}, value, () => 'two\nlines')).toBe(EXIT.ok);
    expect(printed).toBe('{"a":1,"b":["x",{"c":null}]}\ntwo\nlines\n');
  });

  test.each([
    [[], {}, '{"first":1,"list":[]}\n'],
    [[1, 2, 3], {}, '{"first":1,"list":[1,2,3]}\n'],
    [[1], { last: 'x' }, '{"first":1,"list":[1],"last":"x"}\n'],
  ])(
    'with the list %j has one JSON document; fields that are known at the end come last',
    async (elements, after, text) => {
      await printJsonList({ first: 1 }, 'list', elements, {
        async after() {
          // All elements are printed by now.
          expect(printed).toBe(`{"first":1,"list":[${elements.join(',')}`);
          return after;
        },
      });
      expect(printed).toBe(text);
      expect(JSON.parse(printed)).toEqual({ first: 1, list: elements, ...after });
    },
  );
});

describe('a reader that has stopped reading', () => {
  test('is waited for until it reads again', async () => {
    isFull = true;
    let isDone = false;
    const line = printLine('a').then(() => {
      isDone = true;
    });
    await new Promise(setImmediate);
    expect(isDone).toBe(false);
    process.stdout.emit('drain');
    await line;
  });

  test('is not waited for after Ctrl-C, and nothing more is printed', async () => {
    const stop = new AbortController();
    endOutputOn(stop.signal);
    isFull = true;
    const line = printLine('a');
    stop.abort(new Error('Ctrl-C'));
    await expect(line).rejects.toThrow();
    await expect(printLine('b')).rejects.toThrow('Ctrl-C');
    expect(printed).toBe('a\n');
  });
});

test('the progress of a long command is printed once a second, and not in its first second', () => {
  jest.useFakeTimers();
  const lines: string[] = [];
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    lines.push(String(text));
    return true;
  });
  const progress = createProgressLine();
  for (let ms = 0; ms < 3000; ms += 100) {
    progress(() => `${ms} ms`);
    jest.advanceTimersByTime(100);
  }
  expect(lines).toEqual(['1000 ms\n', '2000 ms\n']);
});

test('the columns of a table are as wide as the visible text of their cells', () => {
  const rows = [
    { name: 'a', count: 1000 },
    { name: '映画', count: 7 },
  ];
  const table = tableOf(rows, [
    { title: 'N', cell: ({ name }) => name },
    { title: 'COUNT', right: true, cell: ({ count }) => String(count) },
    { title: 'LAST', cell: () => '' },
  ]);
  expect(stripVTControlCharacters(table)).toBe('N     COUNT  LAST\na      1000\n映画      7');
});

test.each([
  ['a\u001b[2Jb', 'a�[2Jb'],
  ['a\u202eb\u200bc', 'a�b�c'],
  ['a\u2028b\u2029c\nd\u0085e', 'a�b�c�d�e'],
  ['123456789', '123456789'],
  ['1234567890', '1234567890'],
  ['12345678901', '123456789…'],
])('the text %j is printed on a terminal as %j', (text, safe) => {
  expect(printable(text, 10)).toBe(safe);
});
