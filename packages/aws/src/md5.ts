// Whether this Node supports MD5. OpenSSL in FIPS mode does not, and SQS's clients and emulators compare MD5 checksums.
import { createHash } from 'node:crypto';

/** Checked each time: it costs a few microseconds, and tests remove MD5. */
export function hasMd5(): boolean {
  try {
    createHash('md5');
    return true;
  } catch {
    return false;
  }
}
