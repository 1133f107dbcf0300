// Shows a job's progress: three live bars on a terminal, plain lines elsewhere.
import { formatNumber } from '../../format.ts';
import type { Totals } from '../../processes/report-totals.ts';
import { barLine } from '../../progress-bar.ts';

export interface ProgressState {
  readonly movies: number;
  /** Parts of the object. */
  readonly parts: number;
  readonly totals: Totals;
  /** Milliseconds since the job began. */
  readonly elapsedMs: number;
}

export interface Progress {
  update(state: ProgressState): void;
  /** Shows the last state and stops drawing. */
  end(): void;
}

const REDRAW_MS = 100;
const LINE_EVERY_MS = 1000;

/** Loads `log-update` only for a terminal. */
export async function createProgress(stream: NodeJS.WriteStream): Promise<Progress> {
  if (!stream.isTTY) return plainProgress((line) => stream.write(`${line}\n`));
  const { createLogUpdate } = await import('log-update');
  const draw = createLogUpdate(stream);
  const { update, end } = limitRate(
    (state) => draw(barLines(state, stream.columns || undefined).join('\n')),
    REDRAW_MS,
  );
  return {
    update,
    end() {
      end();
      draw.done();
    },
  };
}

/** Prints at most one line per second, and only changes. */
export function plainProgress(print: (line: string) => void, now?: () => number): Progress {
  let lastLine = '';
  const printState = (state: ProgressState) => {
    const line = plainLine(state);
    if (line !== lastLine) print(line);
    lastLine = line;
  };
  return limitRate(printState, LINE_EVERY_MS, now);
}

/** Shows the first state, then at most one state per interval, and the last one. */
function limitRate(show: (state: ProgressState) => void, everyMs: number, now = () => performance.now()): Progress {
  let lastState: ProgressState | undefined;
  let shownAt = Number.NEGATIVE_INFINITY;
  return {
    update(state) {
      lastState = state;
      if (now() - shownAt < everyMs) return;
      shownAt = now();
      show(state);
    },
    end() {
      if (lastState) show(lastState);
    },
  };
}

function plainLine(state: ProgressState): string {
  const [enqueued, stored, object] = stagesOf(state);
  const redeliveredText = state.totals.redelivered > 0 ? `, redelivered ${formatNumber(state.totals.redelivered)}` : '';
  const movies = [enqueued, stored].map(({ label, done }) => `${label} ${formatNumber(done)}`).join(', ');
  const parts = `${formatNumber(object.done)} of ${formatNumber(object.total)} ${object.total === 1 ? 'part' : 'parts'}`;
  return `${movies} of ${formatNumber(state.movies)} movies, object ${parts}${redeliveredText}`;
}

/** One line per stage for a terminal of `columns` columns. */
export function barLines(state: ProgressState, columns = 80): string[] {
  const stages = stagesOf(state).map((stage) => barLine({ ...stage, elapsedMs: state.elapsedMs }, columns));
  return [...stages, `${formatNumber(state.totals.redelivered)} redelivered`];
}

/** Limits a count to the job's size, because messages and parts can be written twice. */
function stagesOf({ movies, parts, totals }: ProgressState) {
  return [
    { label: 'enqueued', done: Math.min(totals.sent_movies, movies), total: movies },
    { label: 'stored', done: Math.min(totals.stored_movies, movies), total: movies },
    { label: 'object', done: Math.min(totals.object_parts, parts), total: parts, unit: parts === 1 ? 'part' : 'parts' },
  ] as const;
}
