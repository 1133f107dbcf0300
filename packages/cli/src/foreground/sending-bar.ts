// One live bar on a terminal: how much of a job is sent.
import { barLine } from '../start/bars.ts';

export interface SendingBar {
  update(sentMovies: number): void;
  /** Leaves the last state where it is. */
  end(): void;
}

/** Undefined where there is no terminal to draw on. */
export async function createSendingBar(stream: NodeJS.WriteStream, movies: number): Promise<SendingBar | undefined> {
  if (!stream.isTTY) return undefined;
  const { createLogUpdate } = await import('log-update');
  const draw = createLogUpdate(stream);
  const beganAt = performance.now();
  return {
    update(sentMovies) {
      const elapsedMs = performance.now() - beganAt;
      draw(
        barLine({ label: 'sent', done: Math.min(sentMovies, movies), movies, elapsedMs }, stream.columns || undefined),
      );
    },
    end: draw.done,
  };
}
