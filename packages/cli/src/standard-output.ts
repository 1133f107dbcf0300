// What happens when standard output cannot be written: quiet when nobody reads it any more, else one sentence.
import { getSystemErrorMessage } from 'node:util';
import { EXIT } from './exit.ts';

/** Called once, before anything is printed, also before commander prints its help. */
export function watchStandardOutput(): void {
  process.stdout.on('error', ({ code, errno, message }: NodeJS.ErrnoException) => {
    // `… | head` closes the pipe early: that is no error of ours. A failure that is known by now stays one.
    if (code === 'EPIPE') process.exit();
    const why = errno === undefined ? message : getSystemErrorMessage(errno);
    process.stderr.write(`movie-load: standard output cannot be written: ${why}\n`);
    process.exit(EXIT.failed);
  });
  // There is nobody left to tell.
  process.stderr.on('error', () => undefined);
}
