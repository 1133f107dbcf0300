// A first-in, first-out list in chunks: `shift` does not move the remaining values, as that of a large array does.

const CHUNK_SIZE = 1024;

export class ChunkedList<T> {
  readonly #chunks: T[][] = [];
  #offset = 0;

  get first(): T | undefined {
    return this.#chunks[0]?.[this.#offset];
  }

  push(value: T): void {
    const last = this.#chunks.at(-1);
    if (last === undefined || last.length >= CHUNK_SIZE) this.#chunks.push([value]);
    else last.push(value);
  }

  shift(): void {
    const first = this.#chunks[0];
    if (first === undefined) return;
    this.#offset += 1;
    if (this.#offset >= first.length) {
      this.#chunks.shift();
      this.#offset = 0;
    }
  }

  clear(): void {
    this.#chunks.length = 0;
    this.#offset = 0;
  }
}
