// Checks the number of values and the depth of a JSON text before it is parsed: parsing millions of empty objects takes
// seconds, in which no other request is served.

const QUOTE = 34;
const COMMA = 44;
const BACKSLASH = 92;
const OPEN_LIST = 91;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

export interface StructureLimits {
  /** The limit of lists, objects and commas. */
  readonly maxParts: number;
  /** The limit of elements of one list, and of members of one object. */
  readonly maxLength: number;
  readonly maxDepth: number;
}

/** The position after the string that begins at `start`, or the end of the text. */
function positionAfterString(text: Buffer, start: number): number {
  for (let end = text.indexOf(QUOTE, start + 1); end !== -1; end = text.indexOf(QUOTE, end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return end + 1;
  }
  return text.length;
}

class Structure {
  readonly #limits: StructureLimits;
  /** The number of commas in each open list and object. */
  readonly #lengths: number[] = [0];
  #parts = 0;

  constructor(limits: StructureLimits) {
    this.#limits = limits;
  }

  /** Counts a byte outside of strings; false when it exceeds a limit. */
  accept(byte: number | undefined): boolean {
    const lengths = this.#lengths;
    if (byte === COMMA) {
      const length = (lengths.pop() ?? 0) + 1;
      lengths.push(length);
      this.#parts += 1;
      return length <= this.#limits.maxLength && this.#parts <= this.#limits.maxParts;
    }
    if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      lengths.push(0);
      this.#parts += 1;
      return lengths.length - 1 <= this.#limits.maxDepth && this.#parts <= this.#limits.maxParts;
    }
    if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) lengths.pop();
    return true;
  }
}

/** Whether a text stays within the limits; also for a text that is not JSON. */
export function isWithinLimits(text: Buffer, limits: StructureLimits): boolean {
  const structure = new Structure(limits);
  for (let i = 0; i < text.length; ) {
    const byte = text[i];
    if (byte === QUOTE) i = positionAfterString(text, i);
    else if (structure.accept(byte)) i += 1;
    else return false;
  }
  return true;
}
