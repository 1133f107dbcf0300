// Logs internal errors with their stacks. Of each kind only the first, tenth, hundredth … error is logged, so that a
// client that repeats an error does not fill a disk.

/** Errors of further kinds are not logged. */
const MAX_KINDS = 100;

export type ErrorLog = (operation: string, error: unknown) => void;

function describe(error: unknown): string {
  // Errors of another realm (Jest, vm) are not `instanceof Error`.
  return Error.isError(error) ? (error.stack ?? error.message) : String(error);
}

/** Writes one JSON line for each logged error. Errors are of one kind when operation and place in the code are the same. */
export function createErrorLog(write: (line: string) => void): ErrorLog {
  const counts = new Map<string, number>();
  return (operation, error) => {
    const description = describe(error);
    const place = /\n\s+at .*/.exec(description)?.[0] ?? description.slice(0, 200);
    const key = `${operation} ${place}`;
    const times = (counts.get(key) ?? 0) + 1;
    if (times === 1 && counts.size >= MAX_KINDS) return;
    counts.set(key, times);
    if (!/^10*$/.test(String(times))) return;
    write(
      `${JSON.stringify({ level: 'error', msg: 'embedded AWS: internal failure', operation, times, err: description })}\n`,
    );
  };
}
