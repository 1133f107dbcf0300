// Reads the line of our code that decides the outcome of a lesson, with the lines around it.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CodeExcerpt } from '@movie-load/operations/lessons';
import type { Lesson } from './lesson.ts';

const ROOT = join(import.meta.dirname, '../../..');
const LINES_AROUND = 5;

/** The whole file that a lesson names. */
export const readSource = ({ code }: Pick<Lesson, 'code'>): Promise<string> => readFile(join(ROOT, code.file), 'utf8');

export async function readExcerpt({ code }: Pick<Lesson, 'code'>): Promise<CodeExcerpt> {
  const lines = (await readSource({ code })).split('\n');
  const index = lines.findIndex((line) => line.includes(code.line));
  const first = Math.max(0, index - LINES_AROUND);
  return { first: first + 1, at: index + 1, lines: lines.slice(first, index + LINES_AROUND + 1) };
}
