// docs/performance.md: the part between the two marks is written by the benchmark, the rest by hand.
import { readFile, writeFile } from 'node:fs/promises';
import { measuredPart } from './report-sections.ts';
import type { Results } from './results.ts';

const BEGIN = '<!-- measured: begin -->';
const END = '<!-- measured: end -->';

/** Replaces the measured part of the page. Throws when the marks are not there. */
export async function writeReport(page: string, results: Results, charts: readonly string[]): Promise<void> {
  const text = await readFile(page, 'utf8');
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${page} has no marks ${BEGIN} … ${END}`);
  const measured = measuredPart(results, charts);
  await writeFile(page, `${text.slice(0, begin + BEGIN.length)}\n\n${measured}\n\n${text.slice(end)}`);
}
