// How commands print: tables for people, one JSON document or JSON lines for programs.
import { once } from 'node:events';
import { styleText } from 'node:util';
import stringWidth from 'string-width';

let interrupted: AbortSignal | undefined;

/** From when this signal aborts, nothing waits for a reader that has stopped reading (a pager, say). */
export function endOutputOn(signal: AbortSignal): void {
  interrupted = signal;
}

/** Text as it is; resolves when the reader can take more, so that a stream of a million lines needs no memory. */
export async function print(text: string): Promise<void> {
  interrupted?.throwIfAborted();
  if (!process.stdout.write(text)) await once(process.stdout, 'drain', interrupted && { signal: interrupted });
}

/** One line. */
export const printLine = (line: string): Promise<void> => print(`${line}\n`);

export const printJson = (value: unknown): Promise<void> => printLine(JSON.stringify(value));

/** A cell that is too long is cut; control characters of strangers never reach the terminal. */
export function shown(text: string, limit = 60): string {
  const safe = text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '�');
  return safe.length > limit ? `${safe.slice(0, limit - 1)}…` : safe;
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

export const grouped = (value: number): string => value.toLocaleString('en-US');

/** `1.4 s`, `3 min 5 s`, `2 h 3 min`. */
export function duration(ms: number): string {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min ${Math.floor((ms % 60_000) / 1000)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `148 KB`, in steps of 1,000. */
export function bytes(count: number): string {
  const units = ['B', 'KB', 'MB', 'GB'];
  let value = count;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 1 : 0)} ${units[unit]}`;
}

/** A bar of block characters, `fraction` of it full. */
export function bar(fraction: number, width = 20): string {
  const full = Math.max(0, Math.min(width, Math.floor(fraction * width)));
  return '█'.repeat(full) + '░'.repeat(width - full);
}
