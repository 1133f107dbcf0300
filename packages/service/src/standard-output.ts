// What happens when nobody reads a program's output any more: `… | head` closes the pipe early, and that is no error.

let isWatching = false;

/** Ends the process quietly when standard output is closed; a failure that is known by then stays one. */
export function endWithoutReader(): void {
  if (isWatching) return;
  isWatching = true;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  // There is nobody left to tell.
  process.stderr.on('error', () => undefined);
}
