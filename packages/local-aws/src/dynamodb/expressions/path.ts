// Document paths, such as `a.b[3].#c`, and the values at them.

import { own } from '../input.ts';
import { type AttributeValue, attribute, type Item } from '../values.ts';

/** Attribute names and list positions; begins with a name. */
export type Path = readonly [string, ...(string | number)[]];

/** `[a, b, [3]]`, as AWS writes a path in messages. */
export function pathText(path: Path): string {
  return `[${path.map((step) => (typeof step === 'number' ? `[${step}]` : step)).join(', ')}]`;
}

export function samePath(a: Path, b: Path): boolean {
  return a.length === b.length && a.every((step, index) => step === b[index]);
}

/** One step into a list or a map; undefined when nothing is there or the type does not fit. */
export function step(value: AttributeValue, to: string | number): AttributeValue | undefined {
  if (typeof to === 'number') return value.L?.[to];
  return value.M && own(value.M, to);
}

/** The value of an item at a path. */
export function valueAt(item: Item | undefined, path: Path): AttributeValue | undefined {
  let value = attribute(item, path[0]);
  for (let i = 1; i < path.length && value !== undefined; i += 1) {
    const to = path[i];
    value = to === undefined ? undefined : step(value, to);
  }
  return value;
}
