// CRC-32C and CRC-64/NVME of bytes that arrive in pieces, and the CRC of an object from the CRCs of its parts.
// A 64-bit number is two numbers of 32 bits, `high` and `low`: BigInt would be fifty times slower.
// https://reveng.sourceforge.io/crc-catalogue/all.htm

export interface Word {
  readonly high: number;
  readonly low: number;
}

/** A reflected CRC that starts with all ones and ends inverted, as all of S3's do. */
interface CrcParameters {
  readonly bits: 32 | 64;
  readonly polynomial: Word;
}

const PARAMETERS = {
  CRC32: { bits: 32, polynomial: { high: 0, low: 0xedb88320 } },
  CRC32C: { bits: 32, polynomial: { high: 0, low: 0x82f63b78 } },
  CRC64NVME: { bits: 64, polynomial: { high: 0x9a6c9329, low: 0xac4bc9b5 } },
} as const satisfies Record<string, CrcParameters>;

export type CrcName = keyof typeof PARAMETERS;

/** The value times x, modulo the polynomial. */
function timesX({ high, low }: Word, { polynomial }: CrcParameters): Word {
  const lowestBit = low & 1;
  const shiftedLow = (low >>> 1) | (high << 31);
  const shiftedHigh = high >>> 1;
  return lowestBit === 0
    ? { high: shiftedHigh, low: shiftedLow >>> 0 }
    : { high: (shiftedHigh ^ polynomial.high) >>> 0, low: (shiftedLow ^ polynomial.low) >>> 0 };
}

interface Table {
  readonly high: Int32Array;
  readonly low: Int32Array;
}

function tableOf(parameters: CrcParameters): Table {
  const table = { high: new Int32Array(256), low: new Int32Array(256) };
  for (let byte = 0; byte < 256; byte += 1) {
    let word: Word = { high: 0, low: byte };
    for (let bit = 0; bit < 8; bit += 1) word = timesX(word, parameters);
    table.high[byte] = word.high;
    table.low[byte] = word.low;
  }
  return table;
}

const tables = new Map<CrcName, Table>();

function cachedTable(name: CrcName): Table {
  const table = tables.get(name) ?? tableOf(PARAMETERS[name]);
  tables.set(name, table);
  return table;
}

/** A CRC of bytes that arrive in pieces. */
export class Crc {
  readonly #table: Table;
  readonly #bits: 32 | 64;
  #high = -1;
  #low = -1;

  constructor(name: CrcName) {
    this.#table = cachedTable(name);
    this.#bits = PARAMETERS[name].bits;
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
function multiply(a: Word, b: Word, parameters: CrcParameters): Word {
  let high = 0;
  let low = 0;
  let power = b;
  for (let bit = parameters.bits - 1; bit >= 0; bit -= 1) {
    const bitValue = bit >= 32 ? (a.high >>> (bit - 32)) & 1 : (a.low >>> bit) & 1;
    if (bitValue === 1) {
      high ^= power.high;
      low ^= power.low;
    }
    power = timesX(power, parameters);
  }
  return { high: high >>> 0, low: low >>> 0 };
}

/** x to the powers of 8, 16, 32 …, each the square of the one before. */
const squares = new Map<CrcParameters, Word[]>();

function squareAt(index: number, parameters: CrcParameters): Word {
  const computed = squares.get(parameters) ?? [];
  squares.set(parameters, computed);
  if (computed.length === 0) {
    let power = identityOf(parameters);
    for (let i = 0; i < 8; i += 1) power = timesX(power, parameters);
    computed.push(power);
  }
  for (let last = computed.at(-1); last !== undefined && computed.length <= index; last = computed.at(-1)) {
    computed.push(multiply(last, last, parameters));
  }
  return computed[index] ?? identityOf(parameters);
}

/** The polynomial 1. */
function identityOf({ bits }: CrcParameters): Word {
  return bits === 32 ? { high: 0, low: 0x80000000 } : { high: 0x80000000, low: 0 };
}

/** x to the power of eight times `length`: the factor by which appending this number of bytes multiplies a CRC. */
function shiftFactor(length: number, parameters: CrcParameters): Word {
  let result = identityOf(parameters);
  for (let remaining = length, index = 0; remaining > 0; remaining = Math.floor(remaining / 2), index += 1) {
    if (remaining % 2 === 1) result = multiply(result, squareAt(index, parameters), parameters);
  }
  return result;
}

/** @returns the CRC of consecutive parts, from each part's CRC and length in bytes */
export function combineCrcs(name: CrcName, parts: Iterable<{ readonly crc: Buffer; readonly bytes: number }>): Buffer {
  const parameters = PARAMETERS[name];
  // Most parts of an upload have the same length.
  const shifts = new Map<number, Word>();
  let combined: Word | undefined;
  for (const { crc, bytes } of parts) {
    const next = wordOf(crc);
    if (combined === undefined) {
      combined = next;
      continue;
    }
    const shift = shifts.get(bytes) ?? shiftFactor(bytes, parameters);
    shifts.set(bytes, shift);
    const shifted = multiply(combined, shift, parameters);
    combined = { high: shifted.high ^ next.high, low: shifted.low ^ next.low };
  }
  return bytesOf(combined ?? { high: 0, low: 0 }, parameters.bits);
}
