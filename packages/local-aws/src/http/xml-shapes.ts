// Converts XML into the SDK's members and back, by shapes.

import type { Element } from './xml.ts';
import { type XmlElement, XmlError } from './xml-reader.ts';

export type Shape = 'text' | 'whole' | 'flag' | 'time' | Structure | List | Named;

/** Members in the order in which they are written. */
export interface Structure {
  /** Whether its `Type` is written as the attribute `xsi:type`. */
  readonly typed?: boolean;
  readonly members: Readonly<Record<string, Shape>>;
}

/** `flat` elements are repeated in their parent under `element`, others are inside an element of the member's name. */
export interface List {
  readonly of: Shape;
  readonly element: string;
  /** The name of the element around those that are not flat, if it is not the member's. */
  readonly name?: string;
  readonly flat: boolean;
}

/** A member whose element has another name. */
export interface Named {
  readonly element: string;
  readonly is: 'text' | 'whole';
}

const XSI = 'http://www.w3.org/2001/XMLSchema-instance';

type Members = Structure['members'];

export const structure = (members: Members): Structure => ({ members });
export const flat = (element: string, of: Shape): List => ({ of, element, flat: true });
export const wrapped = (element: string, of: Shape): List => ({ of, element, flat: false });

/** As S3 writes times: whole seconds with three zeros. */
function isoTime(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value);
}

function structureElement(name: string, { members, typed }: Structure, value: unknown): Element {
  const elements = toElements(members, value);
  if (typed !== true) return [name, elements];
  return [name, elements, { 'xmlns:xsi': XSI, 'xsi:type': String(Object(value).Type) }];
}

function toElement(name: string, shape: Shape, value: unknown): Element {
  if (typeof shape === 'object' && 'is' in shape) return [shape.element, String(value)];
  if (typeof shape === 'object' && 'members' in shape) return structureElement(name, shape, value);
  if (typeof shape === 'object') return [shape.name ?? name, listed(shape, value)];
  return [name, shape === 'time' ? isoTime(value) : String(value)];
}

function listed({ element, of }: List, value: unknown): Element[] {
  return Array.isArray(value) ? value.map((item) => toElement(element, of, item)) : [];
}

/** @param value an object with some of the members */
export function toElements(members: Members, value: unknown): Element[] {
  const elements: Element[] = [];
  for (const [name, shape] of Object.entries(members)) {
    const member: unknown = Object(value)[name];
    if (member === undefined) continue;
    if (typeof shape === 'object' && 'flat' in shape && shape.flat) elements.push(...listed(shape, member));
    else elements.push(toElement(name, shape, member));
  }
  return elements;
}

function readScalar(shape: 'text' | 'whole' | 'flag' | 'time', { text, children, name }: XmlElement): unknown {
  if (children.length > 0) throw new XmlError(`${name} has elements`);
  if (shape === 'text') return text;
  const trimmed = text.trim();
  if (shape === 'whole' && /^-?\d{1,15}$/.test(trimmed)) return Number(trimmed);
  if (shape === 'flag' && /^(?:true|false)$/i.test(trimmed)) return trimmed.toLowerCase() === 'true';
  if (shape === 'time' && !Number.isNaN(Date.parse(trimmed))) return new Date(trimmed);
  throw new XmlError(`${name} has the wrong type`);
}

function readValue(shape: Shape, element: XmlElement): unknown {
  if (typeof shape === 'string') return readScalar(shape, element);
  if ('members' in shape) return readMembers(shape.members, element);
  if ('is' in shape) return readScalar(shape.is, element);
  return element.children.map((child) => {
    if (child.name !== shape.element) throw new XmlError(`${child.name} does not belong into ${element.name}`);
    return readValue(shape.of, child);
  });
}

interface Child {
  readonly member: string;
  readonly shape: Shape;
  readonly repeated: boolean;
}

const childrenOf = new WeakMap<Members, ReadonlyMap<string, Child>>();

/** The members of a structure by the names of their elements. */
function children(members: Members): ReadonlyMap<string, Child> {
  const known = childrenOf.get(members);
  if (known !== undefined) return known;
  const byName = new Map<string, Child>();
  for (const [member, shape] of Object.entries(members)) {
    const repeated = typeof shape === 'object' && 'flat' in shape && shape.flat;
    if (repeated) byName.set(shape.element, { member, shape: shape.of, repeated });
    else byName.set(member, { member, shape, repeated });
  }
  childrenOf.set(members, byName);
  return byName;
}

/** @throws {XmlError} for unknown elements, repeated ones and values of a wrong type */
export function readMembers(members: Members, element: XmlElement): Record<string, unknown> {
  const known = children(members);
  const result: Record<string, unknown> = {};
  for (const child of element.children) {
    const found = known.get(child.name);
    if (found === undefined) throw new XmlError(`${child.name} does not belong into ${element.name}`);
    const { member, shape, repeated } = found;
    const before = result[member];
    const value = readValue(shape, child);
    if (!repeated) {
      if (before !== undefined) throw new XmlError(`${child.name} comes twice`);
      result[member] = value;
    } else if (Array.isArray(before)) before.push(value);
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
