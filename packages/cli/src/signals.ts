// Ctrl-C from the program's first line on. It imports nothing, so that it runs before all else is loaded.

/** The exit codes that a shell gives: 128 and the signal's number. */
export const SIGNAL_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
export type EndingSignal = keyof typeof SIGNAL_CODES;

const NAMES = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const endAtOnce = (name: EndingSignal): void => process.exit(SIGNAL_CODES[name]);
let listener: ((name: EndingSignal) => void) | undefined;
let isWatching = false;

/** While no command listens there is nothing to put in order: the process ends at once, with the signal's code. */
export function watchSignals(): void {
  if (isWatching) return;
  isWatching = true;
  for (const name of NAMES) process.on(name, () => (listener ?? endAtOnce)(name));
}

/** Hands signals to `listen` instead, until the returned function is called. */
export function listenForSignals(listen: (name: EndingSignal) => void): () => void {
  watchSignals();
  listener = listen;
  return () => {
    if (listener === listen) listener = undefined;
  };
}
