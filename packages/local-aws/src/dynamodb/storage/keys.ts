// Keys of tables and indexes as texts whose order by code units is DynamoDB's order.

import type { AttributeMap, AttributeValue, KeyType } from '../values.ts';
import { attribute, type Item, sortable } from '../values.ts';

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

/** The position of an item: its partition, and the text by which it is sorted in the partition. */
export interface Position {
  readonly hash: string;
  readonly order: string;
}

const NUL = /\0/g;
const escaped = (text: string): string => (text.includes('\0') ? text.replace(NUL, '\0\u0001') : text);

/**
 * A text with an end mark, so that another text can follow it without changing the order. The mark is two NULs; a NUL
 * in the text becomes NUL and U+0001, which sorts after the mark.
 */
const terminated = (text: string): string => `${escaped(text)}\0\0`;

/** The first order of items that have this sort key. */
export const orderFrom = (value: AttributeValue, type: KeyType): string => terminated(sortable(value, type));
/** An order after all items that have this sort key, and before those of the next one. */
export const orderBehind = (value: AttributeValue, type: KeyType): string =>
  `${escaped(sortable(value, type))}\0\u0001`;
/** What the orders of all items begin with whose sort key begins with this value. */
export const orderPrefix = (value: AttributeValue, type: KeyType): string => escaped(sortable(value, type));

export const hashText = (value: AttributeValue, type: KeyType): string => sortable(value, type);

/** The position of a checked key in its table. */
export function positionOf(schema: KeySchema, key: AttributeMap | Item): Position {
  const hash = attribute(key, schema.hash.name);
  const range = schema.range && attribute(key, schema.range.name);
  return {
    hash: hash === undefined ? '' : sortable(hash, schema.hash.type),
    order: range === undefined || schema.range === undefined ? '' : orderFrom(range, schema.range.type),
  };
}

/** The position in an index, where many items can have the same key; undefined when the item is not in the index. */
export function indexPositionOf(schema: KeySchema, item: Item, row: Position): Position | undefined {
  const hash = attribute(item, schema.hash.name);
  if (hash?.[schema.hash.type] === undefined) return undefined;
  const range = schema.range && attribute(item, schema.range.name);
  if (schema.range !== undefined && range?.[schema.range.type] === undefined) return undefined;
  const sort = range === undefined || schema.range === undefined ? '' : orderFrom(range, schema.range.type);
  return { hash: sortable(hash, schema.hash.type), order: sort + terminated(row.hash) + row.order };
}
