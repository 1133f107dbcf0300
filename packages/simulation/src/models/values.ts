// DynamoDB's attribute values: sizes, equality, order, and checks that the real service makes.
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { utf8Bytes } from '@movie-load/schema';
import { validationError } from './errors.ts';

export type Item = Readonly<Record<string, AttributeValue>>;

const bytesOfNumber = (text: string) => Math.ceil(text.replace(/[-.]/g, '').length / 2) + 1;

/** The size of a value by DynamoDB's rules (Developer Guide, "Item sizes and formats"). */
export function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return utf8Bytes(value.S);
  if (value.N !== undefined) return bytesOfNumber(value.N);
  if (value.B !== undefined) return value.B.length;
  if (value.NS !== undefined) return value.NS.reduce((sum, text) => sum + bytesOfNumber(text), 0);
  if (value.SS !== undefined) return value.SS.reduce((sum, text) => sum + utf8Bytes(text), 0);
  if (value.L !== undefined) return value.L.reduce((sum, entry) => sum + 1 + valueBytes(entry), 3);
  if (value.M !== undefined) return itemBytes(value.M) + 3 + Object.keys(value.M).length;
  return 1;
}

export const itemBytes = (item: Item): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + utf8Bytes(name) + valueBytes(value), 0);

/** A comparable form: sets without order, maps by sorted keys. */
export function canonical(value: AttributeValue): string {
  if (value.NS !== undefined)
    return `NS${[...value.NS]
      .map(Number)
      .sort((a, b) => a - b)
      .join(',')}`;
  if (value.SS !== undefined) return `SS${JSON.stringify([...value.SS].sort())}`;
  if (value.N !== undefined) return `N${Number(value.N)}`;
  if (value.L !== undefined) return `L[${value.L.map(canonical).join(',')}]`;
  if (value.M !== undefined)
    return `M{${Object.keys(value.M)
      .sort()
      .map((key) => member(value.M, key))
      .join(',')}}`;
  return JSON.stringify(value);
}

function member(map: Item | undefined, key: string): string {
  const value = map?.[key];
  return `${JSON.stringify(key)}:${value === undefined ? '' : canonical(value)}`;
}

export const equal = (a: AttributeValue, b: AttributeValue): boolean => a === b || canonical(a) === canonical(b);

/** Negative, 0 or positive; undefined when the two cannot be compared. */
export function compare(a: AttributeValue, b: AttributeValue): number | undefined {
  if (a.N !== undefined && b.N !== undefined) return Number(a.N) - Number(b.N);
  if (a.S !== undefined && b.S !== undefined) return a.S === b.S ? 0 : a.S < b.S ? -1 : 1;
  return undefined;
}

/** Throws as DynamoDB does for values that it does not take. */
export function checkValue(value: AttributeValue): void {
  const sets = value.NS ?? value.SS;
  if (sets !== undefined) {
    if (sets.length === 0) throw validationError('One or more parameter values were invalid: An set may not be empty');
    const distinct = new Set(value.NS === undefined ? sets : sets.map((text) => String(Number(text))));
    if (distinct.size !== sets.length) {
      throw validationError(
        `One or more parameter values were invalid: Input collection [${sets.join(', ')}] contains duplicates.`,
      );
    }
  }
  for (const text of value.NS ?? (value.N === undefined ? [] : [value.N])) {
    if (text.trim() === '' || !Number.isFinite(Number(text))) {
      throw validationError('A value provided cannot be converted into a number');
    }
  }
  if (Object.values(value).every((member) => member === undefined)) {
    throw validationError('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes');
  }
  for (const entry of value.L ?? []) checkValue(entry);
  for (const entry of Object.values(value.M ?? {})) checkValue(entry);
}

/** An item of at most 400 KB. */
export function checkItem(item: Item): void {
  for (const value of Object.values(item)) checkValue(value);
  if (itemBytes(item) > 400 * 1024) throw validationError('Item size has exceeded the maximum allowed size');
}
