// Messages of the launcher. It prints on standard error only: standard output belongs to the program.

export const log = (text) => process.stderr.write(`movie-load: ${text}\n`);

/** Prints the message and ends the launcher with the exit code. */
export function fail(text, code = 1) {
  log(text);
  process.exit(code);
}

const FIRST_MESSAGE_MS = 2000;
const NEXT_MESSAGE_MS = 10_000;

/** Prints what the launcher is waiting for: after two seconds, then every ten, until `stop()` is called. */
export function logWhileWaiting(what) {
  const startedAt = Date.now();
  let timer = setTimeout(function report() {
    log(`${what} (${Math.round((Date.now() - startedAt) / 1000)} s so far) …`);
    timer = setTimeout(report, NEXT_MESSAGE_MS);
  }, FIRST_MESSAGE_MS);
  return { stop: () => clearTimeout(timer) };
}
