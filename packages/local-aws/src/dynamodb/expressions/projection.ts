// Projection expressions and `AttributesToGet`: parts of items.

import { own, setOwn } from '../input.ts';
import { type AttributeValue, attribute, type Item, type StoredValue } from '../values.ts';
import { ExpressionParser } from './parser.ts';
import { type Path, pathText, step } from './path.ts';
import type { Scope } from './scope.ts';

/** The paths as a tree; a leaf selects the whole value. */
export type Projection = Map<string | number, Projection | undefined>;

export interface ParsedProjection {
  readonly projection: Projection;
  readonly attributes: ReadonlySet<string>;
  readonly nested: ReadonlySet<string>;
}

/** How a path relates to the paths before it. */
export type Collision = { readonly kind: 'overlap' | 'conflict'; readonly with: Path };

/** Paths that must not contain each other, checked without comparing each with all others. */
export class PathTree {
  readonly root: Projection = new Map();
  readonly #firstPathThrough = new Map<Projection, Path>();
  readonly #paths = new Map<Projection, Map<string | number, Path>>();

  /** Adds a path; returns the path with which it collides, if any. */
  add(path: Path): Collision | undefined {
    let node = this.root;
    for (const [index, to] of path.entries()) {
      const isLast = index === path.length - 1;
      const through = this.#firstPathThrough.get(node);
      if (through === undefined) this.#firstPathThrough.set(node, path);
      else if (typeof through[index] !== typeof to) return { kind: 'conflict', with: through };
      const known = this.#paths.get(node)?.get(to);
      const child = node.get(to);
      if (node.has(to) && (isLast || child === undefined)) return { kind: 'overlap', with: known ?? through ?? path };
      if (known === undefined) this.#remember(node, to, path);
      if (isLast) node.set(to, undefined);
      else {
        const next: Projection = child ?? new Map();
        node.set(to, next);
        node = next;
      }
    }
    return undefined;
  }

  #remember(node: Projection, to: string | number, path: Path): void {
    const paths = this.#paths.get(node) ?? new Map<string | number, Path>();
    paths.set(to, path);
    this.#paths.set(node, paths);
  }
}

export function collisionMessage(collision: Collision, path: Path): string {
  const verb = collision.kind === 'overlap' ? 'overlap' : 'conflict';
  return `Two document paths ${verb} with each other; must remove or rewrite one of these paths; path one: ${pathText(collision.with)}, path two: ${pathText(path)}`;
}

/** @throws {DynamoDbError} `ValidationException` */
export function parseProjection(expression: string, scope: Scope): ParsedProjection {
  const parser = new ExpressionParser<'overlap' | 'conflict'>('ProjectionExpression', expression, scope);
  const tree = new PathTree();
  do {
    const path = parser.path();
    const collision = tree.add(path);
    if (collision !== undefined) parser.note(collision.kind, collisionMessage(collision, path));
  } while (parser.takes(','));
  parser.expectEnd();
  parser.throwProblems(['reserved', 'placeholder', 'index', 'overlap', 'conflict']);
  return { projection: tree.root, attributes: parser.attributes, nested: parser.nested };
}

/** Whole top-level attributes. */
export function attributesProjection(names: Iterable<string>): Projection {
  return new Map(Array.from(names, (name) => [name, undefined]));
}

/** The selected part of a value; selected elements of lists are moved together, in the list's order. */
function part(value: AttributeValue, wanted: Projection): AttributeValue | undefined {
  if (value.L !== undefined) {
    const positions = [...wanted.keys()].filter((key) => typeof key === 'number').sort((a, b) => a - b);
    const elements = positions.flatMap((position) => take(value, position, wanted.get(position)) ?? []);
    return elements.length === 0 ? undefined : { L: elements };
  }
  const map: Record<string, AttributeValue> = {};
  let isEmpty = true;
  for (const [key, below] of wanted) {
    const found = typeof key === 'string' ? take(value, key, below) : undefined;
    if (found === undefined || typeof key === 'number') continue;
    setOwn(map, key, found);
    isEmpty = false;
  }
  return isEmpty ? undefined : { M: map };
}

function take(value: AttributeValue, to: string | number, below: Projection | undefined): AttributeValue | undefined {
  const found = step(value, to);
  return found === undefined || below === undefined ? found : part(found, below);
}

/** The selected part of an item; large values keep their stored form. */
export function project(item: Item, projection: Projection): Item {
  const result: Record<string, StoredValue> = {};
  for (const [name, below] of projection) {
    if (typeof name === 'number') continue;
    let found: StoredValue | undefined = own(item, name);
    if (found !== undefined && below !== undefined) {
      const value = attribute(item, name);
      found = value && part(value, below);
    }
    if (found !== undefined) setOwn(result, name, found);
  }
  return result;
}
