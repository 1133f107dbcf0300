// Handles signals such as Ctrl-C from the program's first line on. It imports nothing, so that it runs before other
// modules are loaded.

/** The exit codes that a shell uses: 128 plus the signal's number. */
export const SIGNAL_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
export type EndingSignal = keyof typeof SIGNAL_CODES;

const SIGNAL_NAMES = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const exitAtOnce = (name: EndingSignal): void => process.exit(SIGNAL_CODES[name]);
let listener: ((name: EndingSignal) => void) | undefined;
let isWatching = false;

/** While no command listens, nothing has to be cleaned up: a signal ends the process at once with the signal's code. */
export function watchSignals(): void {
  if (isWatching) return;
  isWatching = true;
  for (const name of SIGNAL_NAMES) process.on(name, () => (listener ?? exitAtOnce)(name));
}

/** Passes signals to `listen` instead, until the returned function is called. */
export function listenForSignals(listen: (name: EndingSignal) => void): () => void {
  watchSignals();
  listener = listen;
  return () => {
    if (listener === listen) listener = undefined;
  };
}
