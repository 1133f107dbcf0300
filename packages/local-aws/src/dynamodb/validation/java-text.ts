// A parameter's value as AWS's Java server prints it in messages: `[KeySchemaElement(attributeName=pk, keyType=HASH)]`.

import { isObject } from '../input.ts';
import type { CheckedMap } from './check-values.ts';
import type { Shape } from './shape.ts';

/** The fields of the Java class `AttributeValue`, as AWS's messages print them: with the first letter in lower case. */
const VALUE_FIELDS = [
  's',
  'n',
  'b',
  'iNT',
  'dECIMAL',
  'dOUBLE',
  'sS',
  'nS',
  'bS',
  'iNTSET',
  'dECIMALSET',
  'dOUBLESET',
  'm',
  'l',
  'nULL',
  'bOOL',
];
/** The largest number of elements and characters that a message shows, so that it is not as large as the request. */
const MAX_ELEMENTS = 200;
const MAX_LENGTH = 64 * 1024;

export const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

function valueText(value: unknown): string {
  if (!isObject(value)) return String(value);
  const fields = new Map(Object.entries(value).map(([type, member]) => [lowerFirst(type), member]));
  const parts = VALUE_FIELDS.map((field) => {
    const member = fields.get(field);
    return `${field}=${member === undefined ? 'null' : typeof member === 'object' ? '…' : String(member)}`;
  });
  return `AttributeValue(${parts.join(', ')})`;
}

function mapText(map: Readonly<Record<string, unknown>>, textOf: (value: unknown) => string): string {
  return `{${Object.entries(map)
    .slice(0, MAX_ELEMENTS)
    .map(([key, value]) => `${key}=${textOf(value)}`)
    .join(', ')}}`;
}

function textOf(value: unknown, shape: Shape): string {
  if (value === undefined || value === null) return 'null';
  if (shape.kind === 'attributeMap') return mapText((value as CheckedMap).values, valueText);
  if (shape.kind === 'attributeValue') return valueText((value as { value: unknown }).value);
  if (shape.kind === 'list' && Array.isArray(value)) {
    return `[${value
      .slice(0, MAX_ELEMENTS)
      .map((element) => textOf(element, shape.of))
      .join(', ')}]`;
  }
  if (shape.kind === 'map' && isObject(value)) return mapText(value, (member) => textOf(member, shape.of));
  if (shape.kind === 'structure' && isObject(value)) {
    const members = Object.entries(shape.members).map(
      ([name, member]) => `${lowerFirst(name)}=${textOf(value[name], member)}`,
    );
    return `${shape.java}(${members.join(', ')})`;
  }
  return String(value);
}

/** The text of a parameter's value, cut if it is long. */
export function javaText(value: unknown, shape: Shape): string {
  const text = textOf(value, shape);
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}
