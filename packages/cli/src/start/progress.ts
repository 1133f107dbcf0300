// Shows how far a job is: three live bars on a terminal, plain lines elsewhere.
import { type ProgressState, stagesOf } from './stages.ts';

export interface Progress {
  update(state: ProgressState): void;
  /** Shows the last state; nothing is drawn after it. */
  end(): void;
}

const REDRAW_MS = 100;
const LINE_EVERY_MS = 1000;

/** `log-update` is loaded only where there is a terminal to draw on. */
export async function createProgress(stream: NodeJS.WriteStream): Promise<Progress> {
  if (!stream.isTTY) return plainProgress((line) => stream.write(`${line}\n`));
  const [{ createLogUpdate }, { barLines }] = await Promise.all([import('log-update'), import('./bars.ts')]);
  const draw = createLogUpdate(stream);
  return liveProgress((state) => draw(barLines(state, stream.columns || undefined).join('\n')), draw.done);
}

function liveProgress(draw: (state: ProgressState) => void, done: () => void): Progress {
  let last: ProgressState | undefined;
  let drawnAt = Number.NEGATIVE_INFINITY;
  return {
    update(state) {
      last = state;
      if (performance.now() - drawnAt < REDRAW_MS) return;
      drawnAt = performance.now();
      draw(state);
    },
    end() {
      if (last) draw(last);
      done();
    },
  };
}

/** A line a second, when something has changed. */
export function plainProgress(say: (line: string) => void, now: () => number = () => performance.now()): Progress {
  let last: ProgressState | undefined;
  let saidAt = Number.NEGATIVE_INFINITY;
  let said = '';
  const sayState = (state: ProgressState) => {
    const line = plainLine(state);
    if (line !== said) say(line);
    said = line;
    saidAt = now();
  };
  return {
    update(state) {
      last = state;
      if (now() - saidAt >= LINE_EVERY_MS) sayState(state);
    },
    end() {
      if (last) sayState(last);
    },
  };
}

function plainLine(state: ProgressState): string {
  const stages = stagesOf(state).map(({ label, done }) => `${label} ${done.toLocaleString('en-US')}`);
  const again = state.totals.redelivered > 0 ? `, redelivered ${state.totals.redelivered.toLocaleString('en-US')}` : '';
  return `${stages.join(', ')} of ${state.movies.toLocaleString('en-US')} movies${again}`;
}
