// SHA-256 and its HMAC for signing requests, in the SDK's interface. Node is four times slower with a key of bytes than
// with a key object, and the SDK signs with the same key for a whole day.
import { createHash, createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import type { Checksum, SourceData } from '@smithy/types';

const keys = new WeakMap<object, KeyObject>();

function keyObject(secret: Uint8Array): KeyObject {
  const key = keys.get(secret) ?? createSecretKey(secret);
  keys.set(secret, key);
  return key;
}

function bytesOf(data: SourceData): string | Uint8Array {
  if (typeof data === 'string' || data instanceof Uint8Array) return data;
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

/** For the `sha256` of a client's configuration. */
export class Sha256 implements Checksum {
  readonly #secret: string | KeyObject | undefined;
  #hash;

  constructor(secret?: SourceData) {
    const keyData = secret === undefined ? undefined : bytesOf(secret);
    this.#secret = keyData instanceof Uint8Array ? keyObject(keyData) : keyData;
    this.#hash = this.#create();
  }

  #create() {
    return this.#secret === undefined ? createHash('sha256') : createHmac('sha256', this.#secret);
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    this.#hash = this.#create();
  }
}
