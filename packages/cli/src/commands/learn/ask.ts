// Asks for an answer: one has to choose before one sees.
import { createInterface } from 'node:readline';
import type { Letter } from '@movie-load/operations/lessons';
import { UsageError } from '@movie-load/schema';
import { quoted } from '../../format.ts';
import { printLine } from '../../output.ts';

const isLetter = (text: string): text is Letter => text === 'a' || text === 'b' || text === 'c';

/** Throws `UsageError` for anything but a, b and c. */
export function readAnswer(text: string): Letter {
  const letter = text.trim().toLowerCase();
  if (isLetter(letter)) return letter;
  throw new UsageError(`An answer is a, b or c, not ${quoted(text)}.`);
}

/** Asks until there is an answer. Throws `UsageError` when standard input ends before. */
export async function askForAnswer(): Promise<Letter> {
  // Not a terminal of readline's own: Ctrl-C stays a signal.
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
