// Ends a program when the reader of its output has closed the pipe, as `… | head` does: that is not an error.

let isWatching = false;

/** Ends the process without an error when standard output is closed. An exit code that is already set stays. */
export function exitWhenOutputCloses(): void {
  if (isWatching) return;
  isWatching = true;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  // An error of standard error cannot be reported anywhere.
  process.stderr.on('error', () => undefined);
}
