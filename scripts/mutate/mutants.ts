// All mutants of a source file: every mistake at every place.
import { createHash } from 'node:crypto';
import type { Edit } from './edit.ts';
import { editsAt, skipsChildren } from './operators.ts';
import { allChildren, children, parseSource, type SyntaxNode } from './syntax.ts';

export interface Mutant extends Edit {
  /** From the root of the repository. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** The text that is replaced. */
  readonly original: string;
  /** Equal for the same mistake in the same top-level statement, wherever in the file that is. */
  readonly key: string;
}

/** The mutants of one file, in the order of the text. */
export function mutantsOf(file: string, text: string): Mutant[] {
  const program = parseSource(text);
  const mutants: Mutant[] = [];
  for (const statement of children(program, 'body')) {
    const statementText = text.slice(statement.start, statement.end);
    for (const edit of editsIn(statement, text)) {
      const { start, end, replacement } = edit;
      const original = text.slice(start, end);
      if (original === replacement) continue;
      const line = text.slice(0, start).split('\n').length;
      const key = digest([file, statementText, start - statement.start, end - statement.start, replacement]);
      mutants.push({ ...edit, file, line, original, key });
    }
  }
  return unique(mutants).sort((a, b) => a.start - b.start);
}

/** Two operators may make the same mistake. */
const unique = (mutants: readonly Mutant[]): Mutant[] => [
  ...new Map(mutants.map((mutant) => [mutant.key, mutant])).values(),
];

/** The source with the mistake in it. */
export const mutate = (text: string, { start, end, replacement }: Edit): string =>
  text.slice(0, start) + replacement + text.slice(end);

function editsIn(node: SyntaxNode, text: string, parent?: SyntaxNode): Edit[] {
  const context = { text, parent };
  const edits = editsAt(node, context);
  if (skipsChildren(node, context)) return edits;
  return [...edits, ...allChildren(node).flatMap((childNode) => editsIn(childNode, text, node))];
}

/** A short hash of anything that can be JSON. */
export const digest = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 16);
