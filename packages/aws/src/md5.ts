// Whether this Node can do MD5. OpenSSL in FIPS mode cannot, and SQS's clients and emulators compare checksums of MD5.
import { createHash } from 'node:crypto';

/** Asked each time: it costs a few microseconds, and tests take MD5 away. */
export function hasMd5(): boolean {
  try {
    createHash('md5');
    return true;
  } catch {
    return false;
  }
}
