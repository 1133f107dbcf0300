// Mistakes without an observable effect, each with the reason.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mutant } from './mutants.ts';

/** By file, then by the line of the source without its indentation, then by the mistake as the report shows it. */
type Marks = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;

const FILE = join(import.meta.dirname, 'equivalent.json');

export interface Equivalents {
  reasonFor(mutant: Mutant, lineText: string): string | undefined;
  /** Marks of these files without a matching mutant, because the code has changed since. */
  stale(files: ReadonlySet<string>): string[];
}

/** `a < b → a <= b`, on one line. */
export const describeEdit = ({ original, replacement }: Pick<Mutant, 'original' | 'replacement'>): string =>
  `${oneLine(original)} → ${oneLine(replacement) || '(nothing)'}`;

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

const readMarks = (): Marks => JSON.parse(readFileSync(FILE, 'utf8'));

/** The files of which `equivalent.json` marks a mistake. */
export const markedFiles = (): string[] => Object.keys(readMarks());

export function readEquivalents(marks: Marks = readMarks()): Equivalents {
  const used = new Set<string>();
  return {
    reasonFor(mutant, lineText) {
      const line = lineText.trim();
      const mistake = describeEdit(mutant);
      const reason = marks[mutant.file]?.[line]?.[mistake];
      if (reason !== undefined) used.add(nameOf(mutant.file, line, mistake));
      return reason;
    },
    stale: (files) =>
      Object.entries(marks)
        .filter(([file]) => files.has(file))
        .flatMap(([file, lines]) =>
          Object.entries(lines).flatMap(([line, mistakes]) =>
            Object.keys(mistakes).map((mistake) => nameOf(file, line, mistake)),
          ),
        )
        .filter((name) => !used.has(name)),
  };
}

const nameOf = (file: string, line: string, mistake: string): string => `${file}: ${line}: ${mistake}`;
