// Sabotages find their places in the syntax tree: rewording the source breaks none, and a missing place is reported.
import { describe, expect, test } from '@jest/globals';
import { HARMLESS_CHANGES } from '../src/sabotage/harmless.ts';
import { SABOTAGES } from '../src/sabotage/list.ts';
import { applyPatches, type Patch, patchProblem, replaceOnce } from '../src/sabotage/patch.ts';

const SOURCE = `
const LIMIT = 8;
class Store {
  async #put(items: readonly string[]) {
    for (const item of items) {
      if (item.length > LIMIT) throw new RangeError('too_long');
      await this.queue.send(item, { signal: undefined });
    }
    return { kept: items.length };
  }
}`;
/** The same code in other words. */
const REWORDED = `
// How many characters fit.
const LIMIT =
  8;
class Store {
  /** Sends everything. */
  async #put(items: readonly string[]) {
    log('sending');
    for (const item of items) {
      if (item.length > LIMIT) { throw new RangeError("too_long"); } // an error of its own
      const options = { signal: undefined };
      await this.queue.send(
        item,
        options, // as ever
      );
    }
    const kept = items.length;
    return { kept };
  }
}`;

const patch = (change: Omit<Patch, 'file'>, source = SOURCE) => applyPatches(source, [{ file: 'store.ts', ...change }]);
const put = { in: 'Store.#put' };

test.each([...SABOTAGES, ...HARMLESS_CHANGES])('the patch “$name” finds its places', ({ patches }) => {
  expect(patchProblem(patches)).toBeUndefined();
});

describe.each([
  ['unchanged', SOURCE],
  ['reworded', REWORDED],
])('a patch of the %s source', (_, source) => {
  test.each<[string, Omit<Patch, 'file'>, RegExp]>([
    ['a variable of the module', { at: { variable: 'LIMIT' }, instead: '1' }, /LIMIT =\s+1;/],
    ['a call', { ...put, at: { call: 'queue.send' }, instead: 'null' }, /await null;/],
    [
      'the line before a call',
      { ...put, at: { call: 'queue.send' }, before: 'await 1;' },
      /await 1;\s+await this.queue.send/,
    ],
    ['an argument', { ...put, at: { argumentOf: 'queue.send', index: 0 }, instead: 'LIMIT' }, /send\(\s*LIMIT,/],
    ['a loop', { ...put, at: { loopOver: 'items' }, instead: (all) => `${all}.slice(1)` }, /of items\.slice\(1\)\)/],
    ['a comparison', { ...put, at: { comparisonOf: 'LIMIT' }, instead: 'false' }, /if \(false\)/],
    ['a throw', { ...put, at: { throws: 'RangeError' }, insteadOfStatement: '' }, /LIMIT\) \{\s*\}/],
    ['a text', { ...put, at: { text: 'too_long' }, instead: `'x'` }, /RangeError\('x'\)/],
    ['a property', { ...put, at: { property: 'kept' }, instead: '0' }, /return \{ kept: 0 \}/],
    ['the start', { ...put, at: { start: true }, before: 'items = [];' }, /\]\) \{\s*items = \[\];/],
  ])('changes %s', (_name, change, expected) => {
    expect(patch(change, source)).toMatch(expected);
  });
});

test('two statements instead of the only one of an `if` get braces', () => {
  const doubled = patch({ ...put, at: { throws: 'RangeError' }, before: 'items = [];' });
  expect(doubled).toMatch(/LIMIT\) \{ items = \[\];\s+throw new RangeError\('too_long'\); \}/);
});

describe('a patch is refused for', () => {
  test.each<[string, Omit<Patch, 'file'>, RegExp]>([
    ['a missing function', { in: 'Store.get', at: { start: true }, before: '' }, /^0 functions .* Store\.get/],
    [
      'a missing place',
      { ...put, at: { call: 'queue.delete' }, instead: '' },
      /^0 places match {"call":"queue.delete"}/,
    ],
    ['two matching places', { ...put, at: { call: 'send' }, instead: '' }, /^2 places match/],
    [
      'an undeclared name',
      { ...put, at: { loopOver: 'items' }, instead: 'things' },
      /uses things, which is not declared/,
    ],
    ['invalid TypeScript', { ...put, at: { start: true }, before: 'if (' }, /is not TypeScript/],
    [
      'a missing part of the place',
      { ...put, at: { text: 'too_long' }, instead: replaceOnce('short', '') },
      /has short 0 times/,
    ],
  ])('%s', (_name, one, expected) => {
    const source = SOURCE.replace('await this.queue', 'const item = await send(1); await this.queue');
    expect(() => patch(one, source)).toThrow(expected);
  });

  test('overlapping with another patch', () => {
    const one: Patch = { file: 'store.ts', ...put, at: { call: 'queue.send' }, instead: 'null' };
    expect(() => applyPatches(SOURCE, [one, one])).toThrow('two patches overlap');
  });

  test('a missing function in a file of the project, which is named', () => {
    const file = 'packages/jobs/src/store.ts';
    expect(patchProblem([{ file, in: 'noSuchFunction', at: { start: true }, before: '' }])).toMatch(
      `${file}: 0 functions`,
    );
  });
});
