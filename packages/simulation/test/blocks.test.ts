// Blocks of code and how often they ran, as several workers counted them.
import { expect, test } from '@jest/globals';
import { blocksOf } from '../src/counting/blocks.ts';

const source = `function other() { return 1; }
function tried(times) {
  if (times > 3) {
    return 'enough';
  }
  return other() ?? 'again';
}
`;
const at = (text: string) => source.indexOf(text);
const whole = { startOffset: at('function tried'), endOffset: source.length - 1 };
const enough = { startOffset: at("{\n    return 'enough'"), endOffset: at('  return other()') };
const again = { startOffset: at("?? 'again'"), endOffset: at("?? 'again'") + 10 };
const tried = (count: number, ...inner: { startOffset: number; endOffset: number; count: number }[]) => ({
  functionName: 'tried',
  ranges: [{ ...whole, count }, ...inner],
});
const other = { functionName: 'other', ranges: [{ startOffset: 0, endOffset: 30, count: 9 }] };

test('a block’s counts are summed over all workers; where V8 leaves a block out, that of the block around it counts', () => {
  const workers = [
    [other, tried(10, { ...enough, count: 4 }, { ...again, count: 0 })],
    [other, tried(5, { ...again, count: 2 })],
  ];
  const blocks = blocksOf({ file: 'some/file.ts', source, workers }, ['tried']);
  expect(blocks).toEqual([
    { where: 'some/file.ts:2', in: 'tried', code: 'function tried(times) {', times: 15 },
    { where: 'some/file.ts:3', in: 'tried', code: '{', times: 9 },
    { where: 'some/file.ts:6', in: 'tried', code: "?? 'again'", times: 2 },
  ]);
});

test('a block that consists only of brackets and punctuation is left out', () => {
  const closing = { startOffset: source.lastIndexOf('}'), endOffset: source.length - 1, count: 0 };
  const blocks = blocksOf({ file: 'some/file.ts', source, workers: [[tried(3, closing)]] }, ['tried']);
  expect(blocks.map(({ times }) => times)).toEqual([3]);
});
