// Projections, from projection expressions or `AttributesToGet`: which parts of an item are returned.

import { getOwn, setOwn } from '../input.ts';
import { type AttributeValue, attributeOf, type Item, type StoredValue } from '../values.ts';
import { ExpressionParser } from './parser.ts';
import { childAt, type Path, type PathStep, pathText } from './path.ts';
import type { Scope } from './scope.ts';

/** The paths as a tree: by step, the projection of the child; undefined selects the whole child. */
export type Projection = Map<PathStep, Projection | undefined>;

export interface ParsedProjection {
  readonly projection: Projection;
  /** The top-level attributes that the expression names. */
  readonly attributes: ReadonlySet<string>;
  /** Those of them that it accesses by a longer path, such as `a.b` or `a[0]`. */
  readonly nestedAttributes: ReadonlySet<string>;
}

/**
 * Why a path cannot be used together with an earlier path: they overlap when one contains the other, and conflict when
 * they use the same value as a list and as a map.
 */
export type Collision = { readonly kind: 'overlap' | 'conflict'; readonly earlierPath: Path };

/** Paths that must not collide, checked without comparing each with all others. */
export class PathTree {
  readonly root: Projection = new Map();
  /** By node, the first path through it: later ones must continue as it does, with a name or with an index. */
  readonly #firstPathThrough = new Map<Projection, Path>();
  /** By node and step, the first path that took this step. */
  readonly #firstPathByStep = new Map<Projection, Map<PathStep, Path>>();

  /** Adds a path; returns the path with which it collides, if any. */
  add(path: Path): Collision | undefined {
    let node = this.root;
    for (const [index, step] of path.entries()) {
      const isLast = index === path.length - 1;
      const firstPath = this.#firstPathThrough.get(node);
      if (firstPath === undefined) this.#firstPathThrough.set(node, path);
      else if (typeof firstPath[index] !== typeof step) return { kind: 'conflict', earlierPath: firstPath };
      const sameStepPath = this.#firstPathByStep.get(node)?.get(step);
      const child = node.get(step);
      if (node.has(step) && (isLast || child === undefined)) {
        return { kind: 'overlap', earlierPath: sameStepPath ?? firstPath ?? path };
      }
      if (sameStepPath === undefined) this.#addFirstPath(node, step, path);
      if (isLast) node.set(step, undefined);
      else {
        const next: Projection = child ?? new Map();
        node.set(step, next);
        node = next;
      }
    }
    return undefined;
  }

  #addFirstPath(node: Projection, step: PathStep, path: Path): void {
    const paths = this.#firstPathByStep.get(node) ?? new Map<PathStep, Path>();
    paths.set(step, path);
    this.#firstPathByStep.set(node, paths);
  }
}

export function collisionMessage(collision: Collision, path: Path): string {
  const verb = collision.kind === 'overlap' ? 'overlap' : 'conflict';
  return `Two document paths ${verb} with each other; must remove or rewrite one of these paths; path one: ${pathText(collision.earlierPath)}, path two: ${pathText(path)}`;
}

/** @throws {DynamoDbError} `ValidationException` */
export function parseProjection(expression: string, scope: Scope): ParsedProjection {
  const parser = new ExpressionParser<'overlap' | 'conflict'>('ProjectionExpression', expression, scope);
  const tree = new PathTree();
  do {
    const path = parser.path();
    const collision = tree.add(path);
    if (collision !== undefined) parser.note(collision.kind, collisionMessage(collision, path));
  } while (parser.accept(','));
  parser.expectEnd();
  parser.throwProblems(['reserved', 'placeholder', 'index', 'overlap', 'conflict']);
  return { projection: tree.root, attributes: parser.attributes, nestedAttributes: parser.nestedAttributes };
}

/** The projection that selects these top-level attributes. */
export function attributesProjection(names: Iterable<string>): Projection {
  return new Map(Array.from(names, (name) => [name, undefined]));
}

/** The selected part of a value. The selected elements of a list form a new list, in their order and without gaps. */
function projectValue(value: AttributeValue, projection: Projection): AttributeValue | undefined {
  if (value.L !== undefined) {
    const indexes = [...projection.keys()].filter((key) => typeof key === 'number').sort((a, b) => a - b);
    const elements = indexes.flatMap((index) => projectChild(value, index, projection.get(index)) ?? []);
    return elements.length === 0 ? undefined : { L: elements };
  }
  const map: Record<string, AttributeValue> = {};
  let isEmpty = true;
  for (const [key, childProjection] of projection) {
    const child = typeof key === 'string' ? projectChild(value, key, childProjection) : undefined;
    if (child === undefined || typeof key === 'number') continue;
    setOwn(map, key, child);
    isEmpty = false;
  }
  return isEmpty ? undefined : { M: map };
}

function projectChild(
  value: AttributeValue,
  step: PathStep,
  projection: Projection | undefined,
): AttributeValue | undefined {
  const child = childAt(value, step);
  return child === undefined || projection === undefined ? child : projectValue(child, projection);
}

/** The selected part of an item. Values that are selected as a whole keep their stored form. */
export function project(item: Item, projection: Projection): Item {
  const result: Record<string, StoredValue> = {};
  for (const [name, childProjection] of projection) {
    if (typeof name === 'number') continue;
    let selected: StoredValue | undefined = getOwn(item, name);
    if (selected !== undefined && childProjection !== undefined) {
      const value = attributeOf(item, name);
      selected = value && projectValue(value, childProjection);
    }
    if (selected !== undefined) setOwn(result, name, selected);
  }
  return result;
}
