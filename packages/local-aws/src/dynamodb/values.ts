// Attribute values: their types, sizes, order and equality.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html

import type { AttributeMap, AttributeValue } from './attribute-value.ts';
import { getOwn } from './input.ts';
import { compareNumbers, numberBytes, sortableNumber } from './numbers.ts';
import { PackedValue } from './packed-value.ts';

export type { AttributeMap, AttributeValue };

export type ValueType = 'S' | 'N' | 'B' | 'BOOL' | 'NULL' | 'SS' | 'NS' | 'BS' | 'L' | 'M';

/** The stored form of a value: large lists and maps are packed as JSON text. */
export type StoredValue = AttributeValue | PackedValue;
export type Item = Readonly<Record<string, StoredValue>>;

/** The types that a key can have. */
export type KeyType = 'S' | 'N' | 'B';

const TYPES: ReadonlySet<string> = new Set(['S', 'N', 'B', 'BOOL', 'NULL', 'SS', 'NS', 'BS', 'L', 'M']);

export const isValueType = (name: string): name is ValueType => TYPES.has(name);

export function typeOf(value: StoredValue): ValueType {
  if (value instanceof PackedValue) return value.type;
  for (const type in value) return type as ValueType;
  throw new Error('An attribute value without a type was stored.');
}

/** The value itself, parsed if it is packed. */
export function unpack(value: StoredValue): AttributeValue {
  return value instanceof PackedValue ? value.unpack() : value;
}

/** The value of an item's attribute, unpacked; undefined when the item does not have it. */
export function attributeOf(item: Item | undefined, name: string): AttributeValue | undefined {
  const value = item && getOwn(item, name);
  return value && unpack(value);
}

/** The item with all its values unpacked; the same object when none is packed. */
export function unpackItem(item: Item): AttributeMap {
  for (const name in item) {
    if (item[name] instanceof PackedValue) {
      return Object.fromEntries(Object.entries(item).map(([key, value]) => [key, unpack(value)]));
    }
  }
  return item as AttributeMap;
}

/** Texts up to this length are measured in JavaScript, which is faster for them than `Buffer`, a call into C++. */
const SHORT_TEXT_CHARACTERS = 32;

export function utf8Bytes(text: string): number {
  if (text.length > SHORT_TEXT_CHARACTERS) return Buffer.byteLength(text);
  for (let i = 0; i < text.length; i += 1) {
    if (text.charCodeAt(i) > 127) return Buffer.byteLength(text);
  }
  return text.length;
}

export function base64Bytes(text: string): number {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return (text.length / 4) * 3 - padding;
}

const sumBytes = <T>(values: readonly T[], bytesOf: (value: T) => number): number => {
  let bytes = 0;
  for (const value of values) bytes += bytesOf(value);
  return bytes;
};

/** Bytes of a value by AWS's rules, without its name. */
export function valueBytes(value: StoredValue): number {
  if (value instanceof PackedValue) return value.bytes;
  if (value.S !== undefined) return utf8Bytes(value.S);
  if (value.N !== undefined) return numberBytes(value.N);
  if (value.B !== undefined) return base64Bytes(value.B);
  if (value.SS !== undefined) return sumBytes(value.SS, utf8Bytes);
  if (value.NS !== undefined) return sumBytes(value.NS, numberBytes);
  if (value.BS !== undefined) return sumBytes(value.BS, base64Bytes);
  if (value.L !== undefined) return 3 + sumBytes(value.L, (element) => 1 + valueBytes(element));
  if (value.M !== undefined) return 3 + itemBytes(value.M) + Object.keys(value.M).length;
  return 1;
}

/** Bytes of an item by AWS's rules: names and values. */
export function itemBytes(item: Item): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(item)) bytes += utf8Bytes(name) + valueBytes(value);
  return bytes;
}

/** UTF-16 sorts characters with surrogates before U+E000 to U+FFFF; UTF-8, by which DynamoDB sorts, after them. */
const SURROGATE_OR_ABOVE = /[\ud800-\uffff]/;

/** A text whose order by UTF-16 code units is the order of `text` by UTF-8 bytes. */
function sortableText(text: string): string {
  if (!SURROGATE_OR_ABOVE.test(text)) return text;
  let sortable = '';
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code >= 0xe000) sortable += String.fromCharCode(code - 0x800);
    else if (code >= 0xd800) sortable += String.fromCharCode(code + 0x2000);
    else sortable += text[i];
  }
  return sortable;
}

const binaryText = (base64: string): string => Buffer.from(base64, 'base64').toString('latin1');

/** A text for a value: equal for equal values; the order by UTF-16 code units is DynamoDB's order of the values. */
export function sortableValue(value: AttributeValue, type: KeyType): string {
  if (type === 'S') return sortableText(value.S ?? '');
  if (type === 'N') return sortableNumber(value.N ?? '0');
  return binaryText(value.B ?? '');
}

/** Less than, equal to or greater than 0, as `a` is to `b`; undefined when their types cannot be compared. */
export function compareValues(a: AttributeValue, b: AttributeValue): number | undefined {
  if (a.N !== undefined && b.N !== undefined) return compareNumbers(a.N, b.N);
  const type = a.S !== undefined && b.S !== undefined ? 'S' : a.B !== undefined && b.B !== undefined ? 'B' : undefined;
  if (type === undefined) return undefined;
  const [x, y] = [sortableValue(a, type), sortableValue(b, type)];
  return x < y ? -1 : x > y ? 1 : 0;
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  const members = new Set(a);
  return b.every((member) => members.has(member));
}

function sameMap(a: AttributeMap, b: AttributeMap): boolean {
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((name) => {
    const [x, y] = [getOwn(a, name), getOwn(b, name)];
    return x !== undefined && y !== undefined && sameValue(x, y);
  });
}

function sameList(a: readonly AttributeValue[], b: readonly AttributeValue[]): boolean {
  return (
    a.length === b.length &&
    a.every((element, index) => {
      const other = b[index];
      return other !== undefined && sameValue(element, other);
    })
  );
}

/** True for equal types and contents; the order in sets and maps does not matter. */
export function sameValue(a: StoredValue, b: StoredValue): boolean {
  if (a === b) return true;
  if (a instanceof PackedValue && b instanceof PackedValue && a.sameText(b)) return true;
  const type = typeOf(a);
  if (type !== typeOf(b)) return false;
  const [x, y] = [unpack(a), unpack(b)];
  if (x.L !== undefined && y.L !== undefined) return sameList(x.L, y.L);
  if (x.M !== undefined && y.M !== undefined) return sameMap(x.M, y.M);
  if (type === 'SS' || type === 'NS' || type === 'BS') return sameSet(x[type] ?? [], y[type] ?? []);
  return x[type] === y[type];
}
