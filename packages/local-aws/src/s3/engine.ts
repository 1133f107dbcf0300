// The embedded S3 as one synchronous object: operations by name, requests and answers with the SDK's members. It uses
// no socket and no timer, and reads the time from the clock in its options; HTTP reads and hashes bodies and passes
// them as `Content`.
import { S3Error } from './errors.ts';
import { type Input, type Output, optionalText } from './input.ts';
import { BUCKET_OPERATIONS } from './operations/buckets.ts';
import { COPY_OPERATIONS } from './operations/copies.ts';
import { DEFAULT_OPERATIONS } from './operations/defaults.ts';
import { DELETE_OPERATIONS } from './operations/deletes.ts';
import { LIST_OPERATIONS } from './operations/lists.ts';
import { OBJECT_OPERATIONS } from './operations/objects.ts';
import type { Operation } from './operations/operation.ts';
import { PART_OPERATIONS } from './operations/parts.ts';
import { SETTING_OPERATIONS } from './operations/settings.ts';
import { UPLOAD_OPERATIONS } from './operations/uploads.ts';
import { S3State } from './state.ts';

const OPERATIONS: Readonly<Record<string, Operation>> = {
  ...BUCKET_OPERATIONS,
  ...SETTING_OPERATIONS,
  ...DEFAULT_OPERATIONS,
  ...OBJECT_OPERATIONS,
  ...DELETE_OPERATIONS,
  ...COPY_OPERATIONS,
  ...LIST_OPERATIONS,
  ...UPLOAD_OPERATIONS,
  ...PART_OPERATIONS,
};

/** The names of all operations. */
export const S3_OPERATIONS: readonly string[] = Object.keys(OPERATIONS);

/** The state, and the operations on it. */
export class S3Engine extends S3State {
  /**
   * Executes one S3 operation, e.g. `PutObject`.
   * @param input the SDK's members; `Body` is text, bytes or `Content`
   * @param origin scheme and host for locations in the answer, e.g. `http://127.0.0.1:4566`
   * @returns the SDK's members; `Body` is an iterable of chunks
   * @throws {S3Error} AWS's refusal
   */
  call(operation: string, input: Input, origin = 'http://localhost'): Output {
    const run = Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation] : undefined;
    if (run === undefined) {
      throw new S3Error('NotImplemented', { message: `The embedded S3 does not have ${operation}.` });
    }
    this.#assertOwner(input);
    return run(this, input, origin);
  }

  #assertOwner(input: Input): void {
    const expected = optionalText(input, 'ExpectedBucketOwner');
    if (expected === undefined) return;
    if (!/^\w{12}$/.test(expected)) {
      throw new S3Error('InvalidBucketOwnerAWSAccountID', {
        message: `The value of the expected bucket owner parameter must be an AWS Account ID... [${expected}]`,
      });
    }
    if (expected !== this.accountId) throw new S3Error('AccessDenied');
  }
}
