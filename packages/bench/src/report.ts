// docs/performance.md: the parts between marks are written by the benchmark, the rest by hand.
import { readFile, writeFile } from 'node:fs/promises';
import { measuredSections, replicasSection } from './report-sections.ts';
import type { Results } from './results.ts';

/** Replaces the measured parts of the page. Throws when the marks are missing. */
export async function writeReport(page: string, results: Results, charts: readonly string[]): Promise<void> {
  await replaceSection(page, 'measured', measuredSections(results, charts));
  await writeReplicas(page, results);
}

/** Replaces only the part about replicas. */
export async function writeReplicas(
  page: string,
  results: Pick<Results, 'replicas' | 'date' | 'machine'>,
): Promise<void> {
  await replaceSection(page, 'replicas', replicasSection(results));
}

async function replaceSection(page: string, name: string, content: string): Promise<void> {
  const text = await readFile(page, 'utf8');
  const [beginMark, endMark] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const [begin, end] = [text.indexOf(beginMark), text.indexOf(endMark)];
  if (begin < 0 || end < begin) throw new Error(`${page} has no marks ${beginMark} … ${endMark}`);
  await writeFile(page, `${text.slice(0, begin + beginMark.length)}\n\n${wrapProse(content)}\n\n${text.slice(end)}`);
}

/** Less than the 120 bytes of a line in a document, because some characters take several bytes. */
const LINE_CHARACTERS = 112;

/** Breaks long lines of prose. Tables, headings and images stay whole. */
const wrapProse = (text: string): string =>
  text
    .split('\n')
    .map((line) =>
      /^[|#!]/.test(line)
        ? line
        : line.replaceAll(new RegExp(`(.{1,${LINE_CHARACTERS}})(?: |$)`, 'g'), '$1\n').trimEnd(),
    )
    .join('\n');
