// Converts keys of tables and indexes into texts whose order by UTF-16 code units is DynamoDB's order.

import type { AttributeMap, AttributeValue, KeyType } from '../values.ts';
import { attributeOf, type Item, sortableValue } from '../values.ts';

export interface KeyAttribute {
  readonly name: string;
  readonly type: KeyType;
}

/** A table's or an index's key. */
export interface KeySchema {
  readonly hash: KeyAttribute;
  readonly range: KeyAttribute | undefined;
}

export const keyAttributes = ({ hash, range }: KeySchema): readonly KeyAttribute[] =>
  range === undefined ? [hash] : [hash, range];

/** The position of an item in a table or an index. */
export interface Position {
  /** The hash key as text: identifies the partition. */
  readonly hash: string;
  /** The text by which the items of a partition are sorted; empty in a table without a sort key. */
  readonly sortText: string;
}

const NUL = /\0/g;
const escaped = (text: string): string => (text.includes('\0') ? text.replace(NUL, '\0\u0001') : text);

/**
 * A text with an end mark, so that another text can follow it without changing the order. The mark is two NULs; a NUL
 * in the text becomes NUL and U+0001, which sorts after the mark.
 */
const terminated = (text: string): string => `${escaped(text)}\0\0`;

/** The sort text of the first item that has this sort key. */
export const firstSortText = (value: AttributeValue, type: KeyType): string => terminated(sortableValue(value, type));
/** A sort text after those of all items that have this sort key, and before those of the next sort key. */
export const sortTextAfter = (value: AttributeValue, type: KeyType): string =>
  `${escaped(sortableValue(value, type))}\0\u0001`;
/** The prefix of the sort texts of all items whose sort key begins with this value. */
export const sortTextPrefix = (value: AttributeValue, type: KeyType): string => escaped(sortableValue(value, type));

/** The text that identifies the partition of a hash key. */
export const hashText = (value: AttributeValue, type: KeyType): string => sortableValue(value, type);

/** The position in its table of an item, or of a key. */
export function positionOf(schema: KeySchema, key: AttributeMap | Item): Position {
  const hash = attributeOf(key, schema.hash.name);
  const range = schema.range && attributeOf(key, schema.range.name);
  return {
    hash: hash === undefined ? '' : hashText(hash, schema.hash.type),
    sortText: range === undefined || schema.range === undefined ? '' : firstSortText(range, schema.range.type),
  };
}

/**
 * The position of an item in an index; undefined when the item is not in the index. In an index many items can have the
 * same key, so the sort text also contains the item's position in the table.
 */
export function indexPositionOf(schema: KeySchema, item: Item, row: Position): Position | undefined {
  const hash = attributeOf(item, schema.hash.name);
  if (hash?.[schema.hash.type] === undefined) return undefined;
  const range = schema.range && attributeOf(item, schema.range.name);
  if (schema.range !== undefined && range?.[schema.range.type] === undefined) return undefined;
  const sortKey = range === undefined || schema.range === undefined ? '' : firstSortText(range, schema.range.type);
  return { hash: hashText(hash, schema.hash.type), sortText: sortKey + terminated(row.hash) + row.sortText };
}
