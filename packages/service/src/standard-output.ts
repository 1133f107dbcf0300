// What happens when a program's output is not read any more: `… | head` closes the pipe early, which is not an error.

let isWatching = false;

/** Ends the process quietly when standard output is closed; a failure that is known by then stays one. */
export function endWithoutReader(): void {
  if (isWatching) return;
  isWatching = true;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  // There is no output left to report it on.
  process.stderr.on('error', () => undefined);
}
