// Checks and measures a client's attribute values in one pass. A violation of the JSON protocol throws at once. A
// violation of DynamoDB's rules for values is only recorded, because AWS checks other parameters first.

import { serializationError } from '../errors.ts';
import { getOwn, setOwn } from '../input.ts';
import { canonicalNumber, InvalidNumberError, numberBytes } from '../numbers.ts';
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
const UNEXPECTED_STRUCTURE = 'Start of structure or map found where not expected';
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
/** The valid last characters before one and two `=`: the bits that do not belong to a byte are 0. */
const LAST_OF_TWO_BYTES = 'AEIMQUYcgkosw048';
const LAST_OF_ONE_BYTE = 'AQgw';

type JsonObject = Record<string, unknown>;

/** A map of attribute values that a client sent, checked. */
export interface CheckedMap {
  /** The checked values; numbers are canonical. */
  readonly values: AttributeMap;
  /** The size by AWS's rules, names included. */
  readonly bytes: number;
  /** AWS's message about the first invalid value; undefined when all are valid. */
  readonly problem: string | undefined;
  /** The attribute with this value. */
  readonly problemAttribute: string | undefined;
  /** Values that are large enough to be packed, and their bytes. */
  readonly largeValues: readonly (readonly [name: string, bytes: number])[];
}

/** The token that AWS's JSON parser names in its message. */
const tokenName = (value: unknown): string =>
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
  if (typeof value === 'object') throw serializationError(UNEXPECTED_STRUCTURE);
  throw serializationError(`${tokenName(value)} cannot be converted to ${type}`);
}

/** Accepts also the texts `true`, `1`, `yes`, `false`, `0` and `no`, in any case. */
export function checkBoolean(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') {
    const text = value.toUpperCase();
    if (['TRUE', '1', 'YES'].includes(text)) return true;
    if (['FALSE', '0', 'NO'].includes(text)) return false;
    throw serializationError('Unexpected token received from parser');
  }
  if (Array.isArray(value)) throw serializationError('Unrecognized collection type class java.lang.Boolean');
  if (typeof value === 'object') throw serializationError(UNEXPECTED_STRUCTURE);
  throw serializationError(`${tokenName(value)} cannot be converted to Boolean`);
}

function checkBase64(value: unknown): string {
  if (Array.isArray(value)) throw serializationError('Unrecognized collection type class java.nio.ByteBuffer');
  if (typeof value === 'object') throw serializationError(UNEXPECTED_STRUCTURE);
  if (typeof value !== 'string') throw serializationError('only base-64-encoded strings are convertible to bytes');
  if (value.length % 4 !== 0) {
    throw serializationError(`Base64 encoded length is expected a multiple of 4 bytes but found: ${value.length}`);
  }
  const padding = value.endsWith('==') ? 2 : value.endsWith('=') ? 1 : 0;
  const last = value[value.length - padding - 1] ?? '';
  const isLastValid = padding === 0 || (padding === 1 ? LAST_OF_TWO_BYTES : LAST_OF_ONE_BYTE).includes(last);
  if (!isLastValid || !BASE64.test(value)) {
    throw serializationError('Invalid last non-pad Base64 character dectected');
  }
  return value;
}

export function checkList(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value === 'object') throw serializationError(UNEXPECTED_STRUCTURE);
  throw serializationError('Unexpected field type');
}

/** @param valueClass the Java class of the map's values, for the message */
export function checkMap(value: unknown, valueClass: string): JsonObject {
  if (Array.isArray(value)) {
    const name = valueClass.includes('.') ? valueClass : `com.amazonaws.dynamodb.v20120810.${valueClass}`;
    throw serializationError(`Unrecognized collection type java.util.Map<java.lang.String, ${name}>`);
  }
  if (typeof value !== 'object' || value === null) throw serializationError('Unexpected field type');
  return value as JsonObject;
}

/** The check stops at this size unless the caller sets another: no parameter may be larger. */
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
  measureValue(value: unknown, depth: number): number {
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
    const members = value as JsonObject;
    let count = 0;
    let bytes = 0;
    for (const type in members) {
      const member = members[type];
      if (member === null || member === undefined || !isValueType(type)) {
        delete members[type];
        continue;
      }
      count += 1;
      bytes += this.#measureMember(members, type, member, depth);
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

  #measureMember(members: JsonObject, type: ValueType, member: unknown, depth: number): number {
    switch (type) {
      case 'S':
        return utf8Bytes(checkText(member));
      case 'N': {
        const text = this.#canonicalNumber(checkText(member));
        if (text !== member) members.N = text;
        return numberBytes(text);
      }
      case 'B':
        return base64Bytes(checkBase64(member));
      case 'L':
        return this.#measureList(checkList(member), depth);
      case 'M':
        return 3 + this.#measureMap(checkMap(member, 'AttributeValue'), depth + 1, 1);
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
        return this.#measureSet(type, checkList(member));
    }
  }

  #canonicalNumber(text: string): string {
    try {
      return canonicalNumber(text);
    } catch (error) {
      if (!(error instanceof InvalidNumberError)) throw error;
      this.#note(error.message);
      return '0';
    }
  }

  #measureList(list: unknown[], depth: number): number {
    if (this.#isTooDeep(depth + 1)) return 0;
    let bytes = 3;
    for (const element of list) {
      bytes += 1 + this.measureValue(element, depth + 1);
      if (bytes > this.#maxBytes) break;
    }
    return bytes;
  }

  /** @param bytesPerMember are added for each member to the bytes of its name and value */
  #measureMap(map: JsonObject, depth: number, bytesPerMember: number): number {
    if (this.#isTooDeep(depth)) return 0;
    let bytes = 0;
    for (const name in map) {
      bytes += bytesPerMember + utf8Bytes(name) + this.measureValue(map[name], depth);
      if (bytes > this.#maxBytes) break;
    }
    return bytes;
  }

  #isTooDeep(depth: number): boolean {
    if (depth <= MAX_DEPTH) return false;
    this.#note(
      'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit',
    );
    return true;
  }

  #measureSet(type: 'SS' | 'NS' | 'BS', members: unknown[]): number {
    const prefix = 'One or more parameter values were invalid:';
    if (members.length === 0) {
      this.#note(
        type === 'BS'
          ? `${prefix} Binary sets should not be empty`
          : `${prefix} An ${type === 'SS' ? 'string' : 'number'} set  may not be empty`,
      );
    }
    let bytes = 0;
    for (let i = 0; i < members.length; i += 1) {
      bytes += this.#measureSetMember(type, members, i);
      if (bytes > this.#maxBytes) return bytes;
    }
    if (new Set(members).size < members.length) {
      if (type === 'NS') this.#note('Input collection contains duplicates');
      else if (type === 'SS') this.#note(`${prefix} Input collection [${members.join(', ')}] contains duplicates.`);
      else this.#note(`${prefix} Input collection [${members.join(', ')}]of type BS contains duplicates.`);
    }
    return bytes;
  }

  #measureSetMember(type: 'SS' | 'NS' | 'BS', members: unknown[], index: number): number {
    if (type === 'SS') return utf8Bytes(checkText(members[index]));
    if (type === 'BS') return base64Bytes(checkBase64(members[index]));
    const number = this.#canonicalNumber(checkText(members[index]));
    members[index] = number;
    return numberBytes(number);
  }
}

/**
 * Checks a map of attribute values.
 * @param maxBytes the check stops at this size
 * @throws {DynamoDbError} `SerializationException`
 */
export function checkAttributeMap(value: unknown, maxBytes = MAX_BYTES): CheckedMap {
  const values = checkMap(value, 'AttributeValue');
  const checker = new ValueChecker(maxBytes);
  const largeValues: [string, number][] = [];
  let bytes = 0;
  let problemAttribute: string | undefined;
  for (const name in values) {
    const member = values[name];
    if (member === null || member === undefined) {
      delete values[name];
      continue;
    }
    const memberBytes = checker.measureValue(member, 0);
    bytes += utf8Bytes(name) + memberBytes;
    if (memberBytes >= PACK_FROM_BYTES) largeValues.push([name, memberBytes]);
    if (checker.problem !== undefined) problemAttribute ??= name;
    if (bytes > maxBytes) break;
  }
  return { values: values as AttributeMap, bytes, problem: checker.problem, problemAttribute, largeValues };
}

/** Checks one attribute value of a legacy parameter. Returns AWS's message if it is invalid. */
export function checkAttributeValue(value: unknown): string | undefined {
  const checker = new ValueChecker();
  checker.measureValue(value, 0);
  return checker.problem;
}

/** The stored form of a checked item: its large lists and maps are packed. */
export function packItem({ values, largeValues }: CheckedMap): Item {
  let item: Record<string, StoredValue> | undefined;
  for (const [name, bytes] of largeValues) {
    const value = getOwn(values, name);
    const packed = value && PackedValue.pack(value, bytes);
    if (packed !== undefined && packed !== value) {
      item ??= { ...values };
      setOwn(item, name, packed);
    }
  }
  return item ?? values;
}
