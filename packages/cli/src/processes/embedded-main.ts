// The process of the embedded AWS. Runs exactly as long as the process that started it.
import { createLab, startLocalAws } from '@movie-load/local-aws';
import type { EmbeddedMessage } from './embedded.ts';

const sendToParent = (message: EmbeddedMessage) => process.send?.(message);

// A Ctrl-C reaches every process of the terminal; this process is needed until all others have ended.
process.on('SIGINT', () => undefined);
process.on('SIGHUP', () => undefined);
process.once('disconnect', () => process.exit(0));

try {
  const lab = process.argv[3] === 'lab' ? createLab() : undefined;
  const { endpoint } = await startLocalAws({ port: Number(process.argv[2]), ...(lab && { lab }) });
  sendToParent({ kind: 'listening', endpoint, ...(lab && { labToken: lab.token }) });
} catch (error) {
  const code = Error.isError(error) && 'code' in error ? String(error.code) : 'unknown';
  sendToParent({ kind: 'failed', code, message: Error.isError(error) ? error.message : String(error) });
}
