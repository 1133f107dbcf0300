// docs/performance.md: the parts between marks are written by the benchmark, the rest by hand.
import { readFile, writeFile } from 'node:fs/promises';
import { measuredPart, replicasPart } from './report-sections.ts';
import type { Results } from './results.ts';

/** Replaces the measured parts of the page. Throws when the marks are not there. */
export async function writeReport(page: string, results: Results, charts: readonly string[]): Promise<void> {
  await replacePart(page, 'measured', measuredPart(results, charts));
  await writeReplicas(page, results);
}

/** Replaces the part about replicas alone. */
export async function writeReplicas(
  page: string,
  results: Pick<Results, 'replicas' | 'date' | 'machine'>,
): Promise<void> {
  await replacePart(page, 'replicas', replicasPart(results));
}

async function replacePart(page: string, name: string, content: string): Promise<void> {
  const text = await readFile(page, 'utf8');
  const [beginMark, endMark] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const [begin, end] = [text.indexOf(beginMark), text.indexOf(endMark)];
  if (begin < 0 || end < begin) throw new Error(`${page} has no marks ${beginMark} … ${endMark}`);
  await writeFile(page, `${text.slice(0, begin + beginMark.length)}\n\n${content}\n\n${text.slice(end)}`);
}
