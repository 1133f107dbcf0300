// CRC-32C and CRC-64/NVME over bytes that arrive in pieces, and the CRC of a whole from the CRCs of its parts.
// 64-bit numbers are two of 32 bits, `high` and `low`: BigInt would be fifty times slower.
// https://reveng.sourceforge.io/crc-catalogue/all.htm

export interface Word {
  readonly high: number;
  readonly low: number;
}

/** A reflected CRC that starts with all ones and ends inverted, as all of S3's do. */
interface Kind {
  readonly bits: 32 | 64;
  readonly polynomial: Word;
}

const KINDS = {
  CRC32: { bits: 32, polynomial: { high: 0, low: 0xedb88320 } },
  CRC32C: { bits: 32, polynomial: { high: 0, low: 0x82f63b78 } },
  CRC64NVME: { bits: 64, polynomial: { high: 0x9a6c9329, low: 0xac4bc9b5 } },
} as const satisfies Record<string, Kind>;

export type CrcName = keyof typeof KINDS;

/** The value times x, modulo the polynomial. */
function timesX({ high, low }: Word, { polynomial }: Kind): Word {
  const odd = low & 1;
  const shiftedLow = (low >>> 1) | (high << 31);
  const shiftedHigh = high >>> 1;
  return odd === 0
    ? { high: shiftedHigh, low: shiftedLow >>> 0 }
    : { high: (shiftedHigh ^ polynomial.high) >>> 0, low: (shiftedLow ^ polynomial.low) >>> 0 };
}

interface Table {
  readonly high: Int32Array;
  readonly low: Int32Array;
}

function tableOf(kind: Kind): Table {
  const table = { high: new Int32Array(256), low: new Int32Array(256) };
  for (let byte = 0; byte < 256; byte += 1) {
    let word: Word = { high: 0, low: byte };
    for (let bit = 0; bit < 8; bit += 1) word = timesX(word, kind);
    table.high[byte] = word.high;
    table.low[byte] = word.low;
  }
  return table;
}

const tables = new Map<CrcName, Table>();

function table(name: CrcName): Table {
  const known = tables.get(name) ?? tableOf(KINDS[name]);
  tables.set(name, known);
  return known;
}

/** A CRC of bytes that arrive in pieces. */
export class Crc {
  readonly #table: Table;
  readonly #bits: 32 | 64;
  #high = -1;
  #low = -1;

  constructor(name: CrcName) {
    this.#table = table(name);
    this.#bits = KINDS[name].bits;
  }

  update(bytes: Uint8Array): void {
    if (this.#bits === 32) this.#update32(bytes);
    else this.#update64(bytes);
  }

  #update32(bytes: Uint8Array): void {
    const { low: lows } = this.#table;
    let low = this.#low;
    for (let i = 0; i < bytes.length; i += 1) low = (low >>> 8) ^ (lows[(low ^ (bytes[i] ?? 0)) & 255] ?? 0);
    this.#low = low;
  }

  #update64(bytes: Uint8Array): void {
    const { high: highs, low: lows } = this.#table;
    let high = this.#high;
    let low = this.#low;
    for (let i = 0; i < bytes.length; i += 1) {
      const index = (low ^ (bytes[i] ?? 0)) & 255;
      low = ((low >>> 8) | (high << 24)) ^ (lows[index] ?? 0);
      high = (high >>> 8) ^ (highs[index] ?? 0);
    }
    this.#high = high;
    this.#low = low;
  }

  /** The CRC so far, most significant byte first. */
  digest(): Buffer {
    const low = ~this.#low >>> 0;
    return this.#bits === 32 ? bytesOf({ high: 0, low }, 32) : bytesOf({ high: ~this.#high >>> 0, low }, 64);
  }
}

function bytesOf(word: Word, bits: 32 | 64): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE(word.high >>> 0, 0);
  bytes.writeUInt32BE(word.low >>> 0, 4);
  return bits === 32 ? bytes.subarray(4) : bytes;
}

function wordOf(bytes: Buffer): Word {
  return bytes.length === 4
    ? { high: 0, low: bytes.readUInt32BE(0) }
    : { high: bytes.readUInt32BE(0), low: bytes.readUInt32BE(4) };
}

/** The product of two polynomials modulo the CRC's; the highest bit is x⁰. */
function multiply(a: Word, b: Word, kind: Kind): Word {
  let high = 0;
  let low = 0;
  let power = b;
  for (let bit = kind.bits - 1; bit >= 0; bit -= 1) {
    const set = bit >= 32 ? (a.high >>> (bit - 32)) & 1 : (a.low >>> bit) & 1;
    if (set === 1) {
      high ^= power.high;
      low ^= power.low;
    }
    power = timesX(power, kind);
  }
  return { high: high >>> 0, low: low >>> 0 };
}

/** x to the powers of 8, 16, 32 …, each the square of the one before. */
const squares = new Map<Kind, Word[]>();

function square(index: number, kind: Kind): Word {
  const known = squares.get(kind) ?? [];
  squares.set(kind, known);
  if (known.length === 0) {
    let power = oneOf(kind);
    for (let i = 0; i < 8; i += 1) power = timesX(power, kind);
    known.push(power);
  }
  for (let last = known.at(-1); last !== undefined && known.length <= index; last = known.at(-1)) {
    known.push(multiply(last, last, kind));
  }
  return known[index] ?? oneOf(kind);
}

function oneOf({ bits }: Kind): Word {
  return bits === 32 ? { high: 0, low: 0x80000000 } : { high: 0x80000000, low: 0 };
}

/** x to the power of eight times `length`: the factor by which appending this number of bytes multiplies a CRC. */
function shiftBy(length: number, kind: Kind): Word {
  let result = oneOf(kind);
  for (let rest = length, index = 0; rest > 0; rest = Math.floor(rest / 2), index += 1) {
    if (rest % 2 === 1) result = multiply(result, square(index, kind), kind);
  }
  return result;
}

/** @returns the CRC of consecutive parts, from each part's CRC and length in bytes */
export function combineCrcs(name: CrcName, parts: Iterable<{ readonly crc: Buffer; readonly bytes: number }>): Buffer {
  const kind = KINDS[name];
  // Most parts of an upload have the same length.
  const shifts = new Map<number, Word>();
  let whole: Word | undefined;
  for (const { crc, bytes } of parts) {
    const next = wordOf(crc);
    if (whole === undefined) {
      whole = next;
      continue;
    }
    const shift = shifts.get(bytes) ?? shiftBy(bytes, kind);
    shifts.set(bytes, shift);
    const moved = multiply(whole, shift, kind);
    whole = { high: moved.high ^ next.high, low: moved.low ^ next.low };
  }
  return bytesOf(whole ?? { high: 0, low: 0 }, kind.bits);
}
