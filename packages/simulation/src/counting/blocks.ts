// Counts how often each block of a function ran, by V8's precise coverage: https://v8.dev/blog/javascript-code-coverage
// V8 counts blocks while it runs them, so the code that is counted is the production code, without a hook in it.

/** V8's format. The offsets also fit the TypeScript source, because Node's type stripping keeps them. */
export interface FunctionCoverage {
  readonly functionName: string;
  readonly ranges: readonly { readonly startOffset: number; readonly endOffset: number; readonly count: number }[];
}

/** A block of code that either runs as a whole or not at all. */
export interface Block {
  /** The path from the root of the repository, with the line. */
  readonly where: string;
  /** The name of the counted function around it. */
  readonly in: string;
  /** Its first line. */
  readonly code: string;
  /** How often it ran, in all workers together. */
  readonly times: number;
}

export interface CountedFile {
  readonly file: string;
  readonly source: string;
  /** The counts of all workers. */
  readonly workers: readonly (readonly FunctionCoverage[])[];
}

/** A block of brackets alone: V8 counts one from a `return` or `throw` to the end of its block. */
const PUNCTUATION_ONLY = /^[\s(){}[\];,]*$/;
const CODE_CHARACTERS = 200;

/** The blocks of these functions, and of the functions inside them. */
export function blocksOf({ file, source, workers }: CountedFile, functions: readonly string[]): Block[] {
  const blocks = new Map<string, { readonly start: number; readonly end: number }>();
  const outer = workers.flat().filter(({ functionName }) => functions.includes(functionName));
  /** The first range of a function is the whole function. */
  const functionAround = (start: number, end: number) =>
    outer.find(({ ranges: [whole] }) => whole !== undefined && whole.startOffset <= start && end <= whole.endOffset);
  for (const { ranges } of workers.flat()) {
    for (const { startOffset: start, endOffset: end } of ranges) {
      if (functionAround(start, end) !== undefined) blocks.set(`${start} ${end}`, { start, end });
    }
  }
  return [...blocks.values()]
    .filter(({ start, end }) => !PUNCTUATION_ONLY.test(source.slice(start, end)))
    .sort((a, b) => a.start - b.start || b.end - a.end)
    .map(({ start, end }) => ({
      where: `${file}:${source.slice(0, firstNonSpace(source, start)).split('\n').length}`,
      in: functionAround(start, end)?.functionName ?? '',
      code: (source.slice(start, end).trim().split('\n')[0] ?? '').slice(0, CODE_CHARACTERS),
      times: workers.reduce((sum, functions) => sum + runCountOf(functions, start, end), 0),
    }));
}

const firstNonSpace = (source: string, from: number) => from + source.slice(from).search(/\S|$/);

/**
 * How often a block ran. V8 leaves out a block that ran as often as the one around it, so this is the count of the
 * smallest listed block around it.
 */
function runCountOf(functions: readonly FunctionCoverage[], start: number, end: number): number {
  let smallest = Number.POSITIVE_INFINITY;
  let times = 0;
  for (const { ranges } of functions) {
    for (const { startOffset, endOffset, count } of ranges) {
      const size = endOffset - startOffset;
      if (startOffset > start || endOffset < end || size >= smallest) continue;
      smallest = size;
      times = count;
    }
  }
  return times;
}
