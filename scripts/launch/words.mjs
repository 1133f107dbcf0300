// The launcher prints on standard error only: standard output belongs to the program.

export const log = (text) => process.stderr.write(`movie-load: ${text}\n`);

export function fail(text, code = 1) {
  log(text);
  process.exit(code);
}

const FIRST_WORD_MS = 2000;
const NEXT_WORD_MS = 10_000;

/** Prints what takes long, after one second and until `stop()` is called. */
export function logWhileWaiting(what) {
  const began = Date.now();
  let timer = setTimeout(function again() {
    log(`${what} (${Math.round((Date.now() - began) / 1000)} s so far) …`);
    timer = setTimeout(again, NEXT_WORD_MS);
  }, FIRST_WORD_MS);
  return { stop: () => clearTimeout(timer) };
}
