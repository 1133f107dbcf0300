// A large list or map, stored as its JSON text outside of the heap: it needs a third of the memory of the objects, and
// sending it over HTTP copies bytes instead of building text from objects.

import type { AttributeValue } from './attribute-value.ts';

/**
 * The smallest size (by AWS's rules) of lists and maps that are packed. Smaller ones need more memory as buffers than
 * as objects.
 */
export const PACK_FROM_BYTES = 512;

export class PackedValue {
  readonly type: 'L' | 'M';
  /** Its size by AWS's rules. */
  readonly bytes: number;
  readonly #json: Buffer;

  private constructor(type: 'L' | 'M', json: Buffer, bytes: number) {
    this.type = type;
    this.#json = json;
    this.bytes = bytes;
  }

  /** Packs a checked value if it is a list or map that is large enough. */
  static pack(value: AttributeValue, bytes: number): AttributeValue | PackedValue {
    if (bytes < PACK_FROM_BYTES) return value;
    const type = value.L !== undefined ? 'L' : value.M !== undefined ? 'M' : undefined;
    if (type === undefined) return value;
    return new PackedValue(type, Buffer.from(JSON.stringify(value)), bytes);
  }

  /** Parses the value; a new object each time. */
  unpack(): AttributeValue {
    return JSON.parse(this.#json.toString());
  }

  /** The value as JSON in UTF-8, which callers must not change. */
  get json(): Buffer {
    return this.#json;
  }

  sameText(other: PackedValue): boolean {
    return this.#json.equals(other.#json);
  }

  toJSON(): AttributeValue {
    return this.unpack();
  }
}
