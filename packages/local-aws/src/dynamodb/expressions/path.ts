// Document paths, such as `a.b[3].#c`, and the values at them.

import { getOwn } from '../input.ts';
import { type AttributeValue, attributeOf, type Item } from '../values.ts';

/** The name of a map's member, or the index of a list's element. */
export type PathStep = string | number;

/** Begins with the name of a top-level attribute. */
export type Path = readonly [string, ...PathStep[]];

/** `[a, b, [3]]`, as AWS writes a path in messages. */
export function pathText(path: Path): string {
  return `[${path.map((step) => (typeof step === 'number' ? `[${step}]` : step)).join(', ')}]`;
}

export function samePath(a: Path, b: Path): boolean {
  return a.length === b.length && a.every((step, index) => step === b[index]);
}

/** The element or member of a list or map; undefined when it does not exist, or the value is of another type. */
export function childAt(value: AttributeValue, step: PathStep): AttributeValue | undefined {
  if (typeof step === 'number') return value.L?.[step];
  return value.M && getOwn(value.M, step);
}

/** The value of an item at a path. */
export function valueAt(item: Item | undefined, path: Path): AttributeValue | undefined {
  let value = attributeOf(item, path[0]);
  for (let i = 1; i < path.length && value !== undefined; i += 1) {
    const step = path[i];
    value = step === undefined ? undefined : childAt(value, step);
  }
  return value;
}
