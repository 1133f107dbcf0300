// How commands print: tables for people, one JSON document or JSON lines for programs.
import { once } from 'node:events';
import { styleText } from 'node:util';
import type { Outcome } from '@movie-load/operations';
import { EXIT } from '@movie-load/schema';
import stringWidth from 'string-width';
import type { CommonOptions } from './command.ts';

let interruptSignal: AbortSignal | undefined;

/** After this signal aborts, printing no longer waits for a reader that has stopped reading, such as a pager. */
export function endOutputOn(signal: AbortSignal): void {
  interruptSignal = signal;
}

/** Writes text; resolves when the reader is ready for more, so that a million lines are not buffered in memory. */
async function print(text: string): Promise<void> {
  interruptSignal?.throwIfAborted();
  if (!process.stdout.write(text)) await once(process.stdout, 'drain', interruptSignal && { signal: interruptSignal });
}

export const printLine = (line: string): Promise<void> => print(`${line}\n`);

export const printJson = (value: unknown): Promise<void> => printLine(JSON.stringify(value));

/** Prints a command's result for programs (`--json`) or for people. Returns the exit code of success. */
export async function printResult({ json }: CommonOptions, value: unknown, text: () => string): Promise<number> {
  await printLine(json ? JSON.stringify(value) : text());
  return EXIT.ok;
}

/** Prints a sentence with its details below it. */
export const outcomeText = ({ summary, details }: Outcome): string => [summary, ...details].join('\n');

/**
 * Prints one JSON document element by element, because it may be longer than a string can be: the members of `before`,
 * the list `name`, then the members that `after` returns when all elements are printed.
 *
 * @example await printJsonList({ bucket }, 'objects', objects) // {"bucket":"b","objects":[…]}
 */
export async function printJsonList<T>(
  before: object,
  name: string,
  elements: AsyncIterable<T> | Iterable<T>,
  { toJson = JSON.stringify, after = async () => ({}) }: ListFormat<T> = {},
): Promise<void> {
  const start = JSON.stringify({ ...before, [name]: [] });
  await print(start.slice(0, -2));
  let comma = '';
  for await (const element of elements) {
    await print(comma + toJson(element));
    comma = ',';
  }
  const lastMembers = JSON.stringify(await after()).slice(1);
  await print(`]${lastMembers === '}' ? '' : ','}${lastMembers}\n`);
}

interface ListFormat<T> {
  readonly toJson?: (element: T) => string;
  readonly after?: () => Promise<object>;
}

const PROGRESS_MS = 1000;

/** Prints the progress of a long command on standard error: at most once a second, and not in its first second. */
export function createProgressLine(): (line: () => string) => void {
  let printedAt = performance.now();
  return (line) => {
    if (performance.now() - printedAt < PROGRESS_MS) return;
    printedAt = performance.now();
    process.stderr.write(`${line()}\n`);
  };
}

export interface Column<T> {
  readonly title: string;
  readonly right?: boolean;
  cell(row: T): string;
}

/** Makes columns as wide as their widest cell, with a title line that is bold on a terminal. */
export function tableOf<T>(rows: readonly T[], columns: readonly Column<T>[]): string {
  const cells = rows.map((row) => columns.map((column) => column.cell(row)));
  const widths = columns.map(({ title }, index) =>
    Math.max(stringWidth(title), ...cells.map((line) => stringWidth(line[index] ?? ''))),
  );
  const line = (texts: readonly string[]) =>
    texts
      .map((text, index) => {
        const space = ' '.repeat(Math.max(0, (widths[index] ?? 0) - stringWidth(text)));
        return columns[index]?.right ? space + text : text + space;
      })
      .join('  ')
      .trimEnd();
  return [bold(line(columns.map(({ title }) => title))), ...cells.map(line)].join('\n');
}

/** Adds styles only if standard output is a terminal with colours. */
export const bold = (text: string): string => styleText('bold', text, { stream: process.stdout });
