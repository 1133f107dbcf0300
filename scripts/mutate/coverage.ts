// Which parts of the sources ran, by V8's precise coverage in this process.
import { Session } from 'node:inspector/promises';
import type { Coverage } from './protocol.ts';
import { fileOf } from './reload.ts';

interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

export interface CoverageRecorder {
  /** The parts that ran since the last call. */
  take(): Promise<Coverage>;
  stop(): void;
}

/** Must be called before the sources are loaded. */
export async function startRecorder(sources: ReadonlySet<string>): Promise<CoverageRecorder> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  return {
    async take() {
      const { result } = await session.post('Profiler.takePreciseCoverage');
      const coverage: Record<string, readonly number[]> = {};
      for (const { url, functions } of result) {
        const file = fileOf(url);
        if (file === undefined || !sources.has(file)) continue;
        const intervals = intervalsOf(functions.flatMap(({ ranges }) => ranges));
        if (intervals.length > 0) coverage[file] = intervals;
      }
      return coverage;
    },
    stop: () => session.disconnect(),
  };
}

/** The intervals that ran. Ranges are nested, and the innermost one tells whether a part ran. */
export function intervalsOf(ranges: readonly Range[]): number[] {
  const outermostFirst = [...ranges].sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
  const borders = [...new Set(ranges.flatMap(({ startOffset, endOffset }) => [startOffset, endOffset]))];
  borders.sort((a, b) => a - b);
  const intervals: number[] = [];
  const open: Range[] = [];
  let next = 0;
  for (const border of borders) {
    while (open.length > 0 && (open.at(-1)?.endOffset ?? 0) <= border) open.pop();
    for (let range = outermostFirst[next]; range?.startOffset === border; range = outermostFirst[++next])
      open.push(range);
    const isCovered = (open.at(-1)?.count ?? 0) > 0;
    if (isCovered !== (intervals.length % 2 === 1)) intervals.push(border);
  }
  return intervals;
}

/** Whether anything between two offsets ran. */
export function covers(intervals: readonly number[] | undefined, start: number, end: number): boolean {
  if (intervals === undefined) return false;
  for (let index = 0; index < intervals.length; index += 2) {
    const from = intervals[index] ?? 0;
    const to = intervals[index + 1] ?? Number.POSITIVE_INFINITY;
    if (start < to && end > from) return true;
  }
  return false;
}
