// Asks for an answer before the lesson runs.
import { createInterface } from 'node:readline';
import type { Letter } from '@movie-load/operations/lessons';
import { UsageError } from '@movie-load/schema';
import { quoted } from '../../format.ts';
import { printLine } from '../../output.ts';

const isLetter = (text: string): text is Letter => text === 'a' || text === 'b' || text === 'c';

/** Throws `UsageError` unless the answer is a, b or c. */
export function readAnswer(text: string): Letter {
  const letter = text.trim().toLowerCase();
  if (isLetter(letter)) return letter;
  throw new UsageError(`An answer is a, b or c, not ${quoted(text)}.`);
}

/** Asks until the answer is valid. Throws `UsageError` when standard input ends before. */
export async function askForAnswer(): Promise<Letter> {
  // `terminal: false` because readline would otherwise handle Ctrl-C itself instead of leaving it a signal.
  const lines = createInterface({ input: process.stdin, terminal: false });
  const ask = () => printLine('\nYour answer (a, b or c):');
  try {
    await ask();
    for await (const line of lines) {
      const letter = line.trim().toLowerCase();
      if (isLetter(letter)) return letter;
      await ask();
    }
  } finally {
    lines.close();
    process.stdin.unref?.();
  }
  throw new UsageError('A lesson runs when an answer is chosen: type a, b or c, or add --answer a.');
}
