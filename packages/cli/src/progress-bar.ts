// Formats a progress bar as text, with the percentage, the rate and the remaining time.
import { formatNumber } from './format.ts';

const LABEL_WIDTH = 9;
const FIGURES_WIDTH = 52;
const MIN_BAR_WIDTH = 10;
const MAX_BAR_WIDTH = 40;
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/**
 * A bar as text of `width` characters.
 *
 * @example bar(0.5, 4) // '██  '
 */
export function bar(fraction: number, width: number): string {
  const eighths = Math.round(Math.min(Math.max(fraction, 0), 1) * width * 8);
  const full = '█'.repeat(Math.floor(eighths / 8));
  return `${full}${EIGHTHS[eighths % 8] ?? ''}`.padEnd(width);
}

export interface BarState {
  readonly label: string;
  readonly done: number;
  readonly total: number;
  /** The unit of `done` and `total`, if the label does not imply it. With a unit the total is shown instead of a rate. */
  readonly unit?: string;
  /** Milliseconds since the job began; the rate is the average since then. */
  readonly elapsedMs: number;
}

/** @example barLine({ label: 'sent', done: 5, total: 10, elapsedMs: 1000 }, 80) // sent ████  50%  5  5/s  1 s left */
export function barLine({ label, done, total, unit, elapsedMs }: BarState, columns = 80): string {
  const width = Math.min(Math.max(columns - LABEL_WIDTH - FIGURES_WIDTH, MIN_BAR_WIDTH), MAX_BAR_WIDTH);
  const rate = elapsedMs > 0 ? (done / elapsedMs) * 1000 : 0;
  const percent = `${Math.floor((done / total) * 100)}%`.padStart(4);
  const figures =
    unit === undefined
      ? `${formatNumber(done)}  ${rateText(rate)}${remainingText(total - done, rate)}`
      : `${formatNumber(done)} of ${formatNumber(total)} ${unit}`;
  return `${label.padEnd(LABEL_WIDTH)} ${bar(done / total, width)} ${percent}  ${figures}`.slice(0, columns);
}

const rateText = (rate: number): string => `${formatNumber(Math.round(rate))}/s`;

function remainingText(remaining: number, rate: number): string {
  if (remaining === 0 || rate === 0) return '';
  const seconds = Math.ceil(remaining / rate);
  return seconds < 90 ? `  ${seconds} s left` : `  ${Math.ceil(seconds / 60)} min left`;
}
