// How commands print: tables for people, one JSON document or JSON lines for programs.
import { once } from 'node:events';
import { styleText } from 'node:util';
import type { Outcome } from '@movie-load/operations';
import { EXIT } from '@movie-load/schema';
import stringWidth from 'string-width';
import type { CommonOptions } from './command.ts';

let interrupted: AbortSignal | undefined;

/** From when this signal aborts, printing no longer waits for a reader that has stopped reading (a pager, say). */
export function endOutputOn(signal: AbortSignal): void {
  interrupted = signal;
}

/** Text as it is; resolves when the reader can take more, so that a stream of a million lines needs no memory. */
async function print(text: string): Promise<void> {
  interrupted?.throwIfAborted();
  if (!process.stdout.write(text)) await once(process.stdout, 'drain', interrupted && { signal: interrupted });
}

export const printLine = (line: string): Promise<void> => print(`${line}\n`);

export const printJson = (value: unknown): Promise<void> => printLine(JSON.stringify(value));

/** The result of a command, for programs (`--json`) or for people. Returns the exit code of a command that is done. */
export async function printResult({ json }: CommonOptions, value: unknown, text: () => string): Promise<number> {
  await printLine(json ? JSON.stringify(value) : text());
  return EXIT.ok;
}

/** A sentence, and below it the details. */
export const outcomeText = ({ summary, details }: Outcome): string => [summary, ...details].join('\n');

/**
 * One document, element by element: together they may be longer than a string can be. `after` gives what is known only
 * when all are printed.
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
  const rest = JSON.stringify(await after()).slice(1);
  await print(`]${rest === '}' ? '' : ','}${rest}\n`);
}

interface ListFormat<T> {
  readonly toJson?: (element: T) => string;
  readonly after?: () => Promise<object>;
}

const PROGRESS_MS = 1000;

/** Prints on standard error how far a long command is: once a second at most, and not in its first second. */
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

/** Columns as wide as their widest cell; a title line in bold on a terminal. */
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

/** Styles only where standard output is a terminal that wants colours. */
export const bold = (text: string): string => styleText('bold', text, { stream: process.stdout });
