// A bucket's keys, sorted by their UTF-8 bytes as S3 lists them. They are stored in blocks: adding or removing a key
// moves at most one block's keys, however many keys there are.

const MAX_BLOCK_KEYS = 512;

/**
 * Compares by UTF-8 bytes, which is the order of code points. JavaScript's own order differs between surrogates and
 * U+E000 and above.
 */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left === right) continue;
    return left >= 0xd800 && right >= 0xd800 ? rank(left) - rank(right) : left - right;
  }
  return a.length - b.length;
}

/** Surrogates (code points from U+10000 on) sort after all other code units. */
function rank(unit: number): number {
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
}

/** Binary search: the number of items before the first for which `isBefore` is false. */
function countBefore<T>(items: readonly T[], isBefore: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item !== undefined && isBefore(item)) low = middle + 1;
    else high = middle;
  }
  return low;
}

export class SortedKeys {
  /** No block is empty; the last key of each is below the first of the next. */
  readonly #blocks: string[][] = [];

  /** The index of the first block that has a key for which `isBefore` is false; the number of blocks if none has. */
  #blockOf(isBefore: (key: string) => boolean): number {
    return countBefore(this.#blocks, (block) => isBefore(block.at(-1) ?? ''));
  }

  add(key: string): void {
    const isBefore = (other: string): boolean => compareUtf8(other, key) < 0;
    const index = Math.min(this.#blockOf(isBefore), this.#blocks.length - 1);
    const block = this.#blocks[index];
    if (block === undefined) {
      this.#blocks.push([key]);
      return;
    }
    const position = countBefore(block, isBefore);
    if (block[position] === key) return;
    block.splice(position, 0, key);
    if (block.length > MAX_BLOCK_KEYS) this.#split(index, block, position);
  }

  /** Splits a block in half; but when keys are added in order, the block stays full and only the new key moves. */
  #split(index: number, block: string[], addedPosition: number): void {
    const keptCount = addedPosition === block.length - 1 ? MAX_BLOCK_KEYS : block.length >>> 1;
    this.#blocks.splice(index + 1, 0, block.splice(keptCount));
  }

  delete(key: string): void {
    const isBefore = (other: string): boolean => compareUtf8(other, key) < 0;
    const index = this.#blockOf(isBefore);
    const block = this.#blocks[index];
    if (block === undefined) return;
    const at = countBefore(block, isBefore);
    if (block[at] !== key) return;
    block.splice(at, 1);
    if (block.length === 0) this.#blocks.splice(index, 1);
  }

  /**
   * All keys in order from the first for which `isBefore` is false. The keys must not change during the iteration.
   * @param isBefore true for all keys up to some point of the order, false after it
   */
  *from(isBefore: (key: string) => boolean): Generator<string> {
    let index = this.#blockOf(isBefore);
    const first = this.#blocks[index];
    let at = first === undefined ? 0 : countBefore(first, isBefore);
    for (let block = first; block !== undefined; block = this.#blocks[index]) {
      for (; at < block.length; at += 1) yield block[at] ?? '';
      index += 1;
      at = 0;
    }
  }
}
