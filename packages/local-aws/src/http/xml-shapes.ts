// Converts XML into members of the SDK's inputs, and outputs into XML, as described by shapes.

import type { Element } from './xml.ts';
import { type XmlElement, XmlError } from './xml-reader.ts';

export type Shape = 'text' | 'integer' | 'boolean' | 'time' | Structure | List | RenamedMember;

/** Members in the order in which they are written. */
export interface Structure {
  /** Whether its `Type` is written as the attribute `xsi:type`. */
  readonly hasXsiType?: boolean;
  readonly members: Readonly<Record<string, Shape>>;
}

/** Flat elements are repeated in their parent under `element`, others are inside an element of the member's name. */
export interface List {
  readonly item: Shape;
  readonly element: string;
  /** The name of the element around those that are not flat, if it is not the member's. In outputs only. */
  readonly name?: string;
  readonly isFlat: boolean;
}

/** A member whose element has another name. In outputs only: `readMembers` expects the member's own name. */
export interface RenamedMember {
  readonly element: string;
  readonly scalar: 'text' | 'integer';
}

const XSI = 'http://www.w3.org/2001/XMLSchema-instance';

type Members = Structure['members'];

export const structure = (members: Members): Structure => ({ members });
export const flat = (element: string, item: Shape): List => ({ item, element, isFlat: true });
export const wrapped = (element: string, item: Shape): List => ({ item, element, isFlat: false });

/** S3 writes times with milliseconds, which are zeros, because it stores whole seconds. */
function isoTime(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value);
}

function structureElement(name: string, { members, hasXsiType }: Structure, value: unknown): Element {
  const elements = toElements(members, value);
  if (hasXsiType !== true) return [name, elements];
  return [name, elements, { 'xmlns:xsi': XSI, 'xsi:type': String(Object(value).Type) }];
}

function toElement(name: string, shape: Shape, value: unknown): Element {
  if (typeof shape === 'object' && 'scalar' in shape) return [shape.element, String(value)];
  if (typeof shape === 'object' && 'members' in shape) return structureElement(name, shape, value);
  if (typeof shape === 'object') return [shape.name ?? name, itemElements(shape, value)];
  return [name, shape === 'time' ? isoTime(value) : String(value)];
}

function itemElements({ element, item: itemShape }: List, value: unknown): Element[] {
  return Array.isArray(value) ? value.map((item) => toElement(element, itemShape, item)) : [];
}

/** @param value an object with some of the members */
export function toElements(members: Members, value: unknown): Element[] {
  const elements: Element[] = [];
  for (const [name, shape] of Object.entries(members)) {
    const member: unknown = Object(value)[name];
    if (member === undefined) continue;
    if (typeof shape === 'object' && 'isFlat' in shape && shape.isFlat) elements.push(...itemElements(shape, member));
    else elements.push(toElement(name, shape, member));
  }
  return elements;
}

function readScalar(shape: 'text' | 'integer' | 'boolean' | 'time', { text, children, name }: XmlElement): unknown {
  if (children.length > 0) throw new XmlError(`${name} has elements`);
  if (shape === 'text') return text;
  const trimmed = text.trim();
  if (shape === 'integer' && /^-?\d{1,15}$/.test(trimmed)) return Number(trimmed);
  if (shape === 'boolean' && /^(?:true|false)$/i.test(trimmed)) return trimmed.toLowerCase() === 'true';
  if (shape === 'time' && !Number.isNaN(Date.parse(trimmed))) return new Date(trimmed);
  throw new XmlError(`${name} has the wrong type`);
}

function readValue(shape: Shape, element: XmlElement): unknown {
  if (typeof shape === 'string') return readScalar(shape, element);
  if ('members' in shape) return readMembers(shape.members, element);
  if ('scalar' in shape) return readScalar(shape.scalar, element);
  return element.children.map((child) => {
    if (child.name !== shape.element) throw new XmlError(`${child.name} does not belong in ${element.name}`);
    return readValue(shape.item, child);
  });
}

interface Child {
  readonly member: string;
  readonly shape: Shape;
  readonly isRepeated: boolean;
}

const childrenCache = new WeakMap<Members, ReadonlyMap<string, Child>>();

/** The members of a structure by the names of their elements. */
function childrenByElement(members: Members): ReadonlyMap<string, Child> {
  const cached = childrenCache.get(members);
  if (cached !== undefined) return cached;
  const byName = new Map<string, Child>();
  for (const [member, shape] of Object.entries(members)) {
    const isRepeated = typeof shape === 'object' && 'isFlat' in shape && shape.isFlat;
    if (isRepeated) byName.set(shape.element, { member, shape: shape.item, isRepeated });
    else byName.set(member, { member, shape, isRepeated });
  }
  childrenCache.set(members, byName);
  return byName;
}

/** @throws {XmlError} for unknown elements, repeated ones and values of a wrong type */
export function readMembers(members: Members, element: XmlElement): Record<string, unknown> {
  const expectedChildren = childrenByElement(members);
  const result: Record<string, unknown> = {};
  for (const child of element.children) {
    const expected = expectedChildren.get(child.name);
    if (expected === undefined) throw new XmlError(`${child.name} does not belong in ${element.name}`);
    const { member, shape, isRepeated } = expected;
    const previous = result[member];
    const value = readValue(shape, child);
    if (!isRepeated) {
      if (previous !== undefined) throw new XmlError(`${child.name} comes twice`);
      result[member] = value;
    } else if (Array.isArray(previous)) previous.push(value);
    else result[member] = [value];
  }
  return result;
}

/** An XML body: its root element, and the member that it represents; the whole input or output when there is none. */
export interface XmlBody {
  readonly root: string;
  readonly member?: string;
  readonly shape: Structure;
}
