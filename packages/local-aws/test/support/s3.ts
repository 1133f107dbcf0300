// An S3 engine with a clock that the test moves, and its refusals as values.

import { S3Engine, type S3EngineOptions, S3Error } from '../../src/index.ts';

/** The minimum size of a part that is not the last. */
export const PART = 5 * 1024 * 1024;

export function createTestS3(options: Partial<S3EngineOptions> = {}) {
  const clock = { ms: Date.UTC(2026, 0, 1), now: () => clock.ms };
  const engine = new S3Engine({ clock, ...options });
  const Bucket = 'bucket';
  engine.call('CreateBucket', { Bucket });
  const call = (operation: string, input: object = {}) => engine.call(operation, { Bucket, ...input });
  return {
    engine,
    clock,
    call,
    put: (Key: string, Body: string | Uint8Array = '', more: object = {}) => call('PutObject', { Key, Body, ...more }),
    read: (Key: string, more: object = {}) => text(call('GetObject', { Key, ...more }).Body),
    /** The code by which a call is refused; 'succeeded' when it is not. */
    refused: (operation: string, input: object = {}): string => {
      try {
        call(operation, input);
        return 'succeeded';
      } catch (error) {
        if (!(error instanceof S3Error)) throw error;
        return error.code;
      }
    },
  };
}

export function text(body: unknown): string {
  return Buffer.concat([...(body as Iterable<Uint8Array>)]).toString();
}
