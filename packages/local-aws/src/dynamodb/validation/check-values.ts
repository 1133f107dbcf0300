// Checks and measures a client's attribute values in one pass: types as the JSON protocol requires, content as DynamoDB
// does. Violations of the protocol are thrown at once, DynamoDB's are recorded: AWS checks other parameters before
// those.

import { serializationError } from '../errors.ts';
import { own, setOwn } from '../input.ts';
import { canonicalNumber, NumberProblem, numberBytes } from '../numbers.ts';
import { PACK_FROM_BYTES, PackedValue } from '../packed-value.ts';
import {
  type AttributeMap,
  base64Bytes,
  type Item,
  isValueType,
  type StoredValue,
  utf8Bytes,
  type ValueType,
} from '../values.ts';

/** The limit of nested lists and maps in an item. */
const MAX_DEPTH = 32;
const STRUCTURE = 'Start of structure or map found where not expected';
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
/** In the last character the bits that encode no byte must be 0, after one and two padding characters. */
const LAST_OF_TWO_BYTES = 'AEIMQUYcgkosw048';
const LAST_OF_ONE_BYTE = 'AQgw';

type Mutable = Record<string, unknown>;

/** A map of attribute values that a client sent, checked. */
export interface CheckedMap {
  /** The checked values; numbers are canonical. */
  readonly values: AttributeMap;
  /** The size by AWS's rules, names included. */
  readonly bytes: number;
  /** DynamoDB's objection, with AWS's message. */
  readonly problem: string | undefined;
  /** The attribute that has the problem. */
  readonly problemAt: string | undefined;
  /** Lists and maps that are large enough to be packed, and their bytes. */
  readonly large: readonly (readonly [name: string, bytes: number])[];
}

const primitive = (value: unknown): string =>
  typeof value === 'boolean'
    ? value
      ? 'TRUE_VALUE'
      : 'FALSE_VALUE'
    : Number.isInteger(value)
      ? 'NUMBER_VALUE'
      : 'DECIMAL_VALUE';

export function checkText(value: unknown, type = 'String'): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) throw serializationError(`Unrecognized collection type class java.lang.${type}`);
  if (typeof value === 'object') throw serializationError(STRUCTURE);
  throw serializationError(`${primitive(value)} cannot be converted to ${type}`);
}

/** Some texts convert: `"true"`, `"1"`, `"yes"` and their opposites. */
export function checkBoolean(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') {
    const text = value.toUpperCase();
    if (['TRUE', '1', 'YES'].includes(text)) return true;
    if (['FALSE', '0', 'NO'].includes(text)) return false;
    throw serializationError('Unexpected token received from parser');
  }
  if (Array.isArray(value)) throw serializationError('Unrecognized collection type class java.lang.Boolean');
  if (typeof value === 'object') throw serializationError(STRUCTURE);
  throw serializationError(`${primitive(value)} cannot be converted to Boolean`);
}

function checkBase64(value: unknown): string {
  if (Array.isArray(value)) throw serializationError('Unrecognized collection type class java.nio.ByteBuffer');
  if (typeof value === 'object') throw serializationError(STRUCTURE);
  if (typeof value !== 'string') throw serializationError('only base-64-encoded strings are convertible to bytes');
  if (value.length % 4 !== 0) {
    throw serializationError(`Base64 encoded length is expected a multiple of 4 bytes but found: ${value.length}`);
  }
  const padding = value.endsWith('==') ? 2 : value.endsWith('=') ? 1 : 0;
  const last = value[value.length - padding - 1] ?? '';
  const lastFits = padding === 0 || (padding === 1 ? LAST_OF_TWO_BYTES : LAST_OF_ONE_BYTE).includes(last);
  if (!lastFits || !BASE64.test(value)) {
    throw serializationError('Invalid last non-pad Base64 character dectected');
  }
  return value;
}

export function checkList(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value === 'object') throw serializationError(STRUCTURE);
  throw serializationError('Unexpected field type');
}

/** @param of the Java name of the map's values */
export function checkMap(value: unknown, of: string): Mutable {
  if (Array.isArray(value)) {
    const name = of.includes('.') ? of : `com.amazonaws.dynamodb.v20120810.${of}`;
    throw serializationError(`Unrecognized collection type java.util.Map<java.lang.String, ${name}>`);
  }
  if (typeof value !== 'object' || value === null) throw serializationError('Unexpected field type');
  return value as Mutable;
}

/** The check stops at this size unless the caller allows more: no map of values may be larger. */
const MAX_BYTES = 2 * 1024 * 1024 + 64 * 1024;

class ValueChecker {
  problem: string | undefined;
  readonly #maxBytes: number;

  constructor(maxBytes = MAX_BYTES) {
    this.#maxBytes = maxBytes;
  }

  #note(problem: string): void {
    this.problem ??= problem;
  }

  /** Checks a value and returns its size. Removes members that are null or unknown, as AWS ignores them. */
  value(value: unknown, depth: number): number {
    if (typeof value !== 'object' || value === null) {
      if (value === null || value === undefined) {
        this.#note('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes');
        return 0;
      }
      throw serializationError('Unexpected value type in payload');
    }
    if (Array.isArray(value)) {
      throw serializationError('Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue');
    }
    const members = value as Mutable;
    let count = 0;
    let bytes = 0;
    for (const type in members) {
      const member = members[type];
      if (member === null || member === undefined || !isValueType(type)) {
        delete members[type];
        continue;
      }
      count += 1;
      bytes += this.#member(members, type, member, depth);
    }
    if (count !== 1) {
      this.#note(
        count === 0
          ? 'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes'
          : 'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
      );
    }
    return bytes;
  }

  #member(members: Mutable, type: ValueType, member: unknown, depth: number): number {
    switch (type) {
      case 'S':
        return utf8Bytes(checkText(member));
      case 'N': {
        const text = this.#number(checkText(member));
        if (text !== member) members.N = text;
        return numberBytes(text);
      }
      case 'B':
        return base64Bytes(checkBase64(member));
      case 'L':
        return this.#list(checkList(member), depth);
      case 'M':
        return 3 + this.map(checkMap(member, 'AttributeValue'), depth + 1, 1);
      case 'BOOL':
        members.BOOL = checkBoolean(member);
        return 1;
      case 'NULL':
        members.NULL = checkBoolean(member);
        if (members.NULL === false) {
          this.#note(
            'One or more parameter values were invalid: Null attribute value types must have the value of true',
          );
        }
        return 1;
      default:
        return this.#set(type, checkList(member));
    }
  }

  #number(text: string): string {
    try {
      return canonicalNumber(text);
    } catch (error) {
      if (!(error instanceof NumberProblem)) throw error;
      this.#note(error.message);
      return '0';
    }
  }

  #list(list: unknown[], depth: number): number {
    if (this.#tooDeep(depth + 1)) return 0;
    let bytes = 3;
    for (const element of list) {
      bytes += 1 + this.value(element, depth + 1);
      if (bytes > this.#maxBytes) break;
    }
    return bytes;
  }

  /** @param perMember the bytes of each member in addition to its name and value */
  map(map: Mutable, depth: number, perMember: number): number {
    if (this.#tooDeep(depth)) return 0;
    let bytes = 0;
    for (const name in map) {
      bytes += perMember + utf8Bytes(name) + this.value(map[name], depth);
      if (bytes > this.#maxBytes) break;
    }
    return bytes;
  }

  #tooDeep(depth: number): boolean {
    if (depth <= MAX_DEPTH) return false;
    this.#note(
      'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit',
    );
    return true;
  }

  #set(type: 'SS' | 'NS' | 'BS', members: unknown[]): number {
    const frame = 'One or more parameter values were invalid:';
    if (members.length === 0) {
      this.#note(
        type === 'BS'
          ? `${frame} Binary sets should not be empty`
          : `${frame} An ${type === 'SS' ? 'string' : 'number'} set  may not be empty`,
      );
    }
    let bytes = 0;
    for (let i = 0; i < members.length; i += 1) {
      bytes += this.#setMember(type, members, i);
      if (bytes > this.#maxBytes) return bytes;
    }
    if (new Set(members).size < members.length) {
      if (type === 'NS') this.#note('Input collection contains duplicates');
      else if (type === 'SS') this.#note(`${frame} Input collection [${members.join(', ')}] contains duplicates.`);
      else this.#note(`${frame} Input collection [${members.join(', ')}]of type BS contains duplicates.`);
    }
    return bytes;
  }

  #setMember(type: 'SS' | 'NS' | 'BS', members: unknown[], at: number): number {
    if (type === 'SS') return utf8Bytes(checkText(members[at]));
    if (type === 'BS') return base64Bytes(checkBase64(members[at]));
    const number = this.#number(checkText(members[at]));
    members[at] = number;
    return numberBytes(number);
  }
}

/**
 * Checks a map of attribute values.
 * @param maxBytes a larger map is not checked to its end
 * @throws {DynamoDbError} `SerializationException`
 */
export function checkAttributeMap(value: unknown, maxBytes = MAX_BYTES): CheckedMap {
  const values = checkMap(value, 'AttributeValue');
  const checker = new ValueChecker(maxBytes);
  const large: [string, number][] = [];
  let bytes = 0;
  let problemAt: string | undefined;
  for (const name in values) {
    const member = values[name];
    if (member === null || member === undefined) {
      delete values[name];
      continue;
    }
    const memberBytes = checker.value(member, 0);
    bytes += utf8Bytes(name) + memberBytes;
    if (memberBytes >= PACK_FROM_BYTES) large.push([name, memberBytes]);
    if (checker.problem !== undefined) problemAt ??= name;
    if (bytes > maxBytes) break;
  }
  return { values: values as AttributeMap, bytes, problem: checker.problem, problemAt, large };
}

/** Checks one attribute value, for the legacy parameters. Returns the problem, if any. */
export function checkAttributeValue(value: unknown): string | undefined {
  const checker = new ValueChecker();
  checker.value(value, 0);
  return checker.problem;
}

/** The stored form of a checked item, with its large lists and maps as JSON text. */
export function packItem({ values, large }: CheckedMap): Item {
  let item: Record<string, StoredValue> | undefined;
  for (const [name, bytes] of large) {
    const value = own(values, name);
    const packed = value && PackedValue.pack(value, bytes);
    if (packed !== undefined && packed !== value) {
      item ??= { ...values };
      setOwn(item, name, packed);
    }
  }
  return item ?? values;
}
