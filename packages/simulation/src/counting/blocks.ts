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
  readonly in: string;
  /** Its first line. */
  readonly code: string;
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
  const isInside = (start: number, end: number) =>
    outer.some(({ ranges: [of] }) => of !== undefined && of.startOffset <= start && end <= of.endOffset);
  for (const { ranges } of workers.flat()) {
    for (const { startOffset: start, endOffset: end } of ranges) {
      if (isInside(start, end)) blocks.set(`${start} ${end}`, { start, end });
    }
  }
  return [...blocks.values()]
    .filter(({ start, end }) => !PUNCTUATION_ONLY.test(source.slice(start, end)))
    .sort((a, b) => a.start - b.start || b.end - a.end)
    .map(({ start, end }) => ({
      where: `${file}:${source.slice(0, firstNonSpace(source, start)).split('\n').length}`,
      in:
        outer.find(({ ranges: [of] }) => of !== undefined && of.startOffset <= start && end <= of.endOffset)
          ?.functionName ?? '',
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
