// A B+ tree: sorted values, which can be read, added and removed in logarithmic time and iterated in both directions.
// Nodes with few values are merged with their neighbours, so memory is released when values are removed.

/** The largest number of values in a leaf, and of children in an inner node. */
const CAPACITY = 64;
/** A node with fewer is merged with a neighbour. */
const MIN_LENGTH = CAPACITY / 4;

class Leaf<T> {
  readonly values: T[];
  next: Leaf<T> | undefined;
  previous: Leaf<T> | undefined;

  constructor(values: T[]) {
    this.values = values;
  }
}

class Inner<T> {
  readonly children: Node<T>[];
  /** The first value in each child. */
  readonly firsts: T[];

  constructor(children: Node<T>[], firsts: T[]) {
    this.children = children;
    this.firsts = firsts;
  }
}

type Node<T> = Leaf<T> | Inner<T>;

export class SortedTree<T> {
  readonly #compare: (a: T, b: T) => number;
  #root: Node<T> = new Leaf([]);
  #size = 0;

  /** @param compare two values that compare as 0 cannot both be in the tree */
  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#size;
  }

  /** Adds a value, or replaces the value that compares as 0 with it. Returns the replaced value. */
  set(value: T): T | undefined {
    const path: Inner<T>[] = [];
    const leaf = this.#descend(value, path);
    const index = this.#lowerBound(leaf.values, value);
    const existing = leaf.values[index];
    if (existing !== undefined && this.#compare(existing, value) === 0) {
      leaf.values[index] = value;
      if (index === 0) this.#updateFirsts(path, leaf);
      return existing;
    }
    leaf.values.splice(index, 0, value);
    this.#size += 1;
    if (index === 0) this.#updateFirsts(path, leaf);
    if (leaf.values.length > CAPACITY) this.#splitLeaf(leaf, path);
    return undefined;
  }

  /** The value that compares as 0 with the probe. */
  get(probe: T): T | undefined {
    const { values } = this.#descend(probe);
    const existing = values[this.#lowerBound(values, probe)];
    return existing !== undefined && this.#compare(existing, probe) === 0 ? existing : undefined;
  }

  /** Removes the value that compares as 0 with the probe, and returns it. */
  delete(probe: T): T | undefined {
    const path: Inner<T>[] = [];
    const leaf = this.#descend(probe, path);
    const index = this.#lowerBound(leaf.values, probe);
    const existing = leaf.values[index];
    if (existing === undefined || this.#compare(existing, probe) !== 0) return undefined;
    leaf.values.splice(index, 1);
    this.#size -= 1;
    if (leaf.values.length < MIN_LENGTH) this.#mergeOrRemove(leaf, path);
    else if (index === 0) this.#updateFirsts(path, leaf);
    return existing;
  }

  first(): T | undefined {
    let node = this.#root;
    while (node instanceof Inner) node = childAt(node, 0);
    return node.values[0];
  }

  /**
   * Iterates over the values, from `from` on; without it, from the first value (or, backwards, the last).
   * With `isExclusive`, a value that compares as 0 with `from` is left out.
   */
  *walk(
    options: { readonly from?: T; readonly isExclusive?: boolean; readonly isBackwards?: boolean } = {},
  ): Generator<T> {
    const { from, isExclusive = false, isBackwards = false } = options;
    if (isBackwards) yield* this.#backwards(from, isExclusive);
    else yield* this.#forwards(from, isExclusive);
  }

  *#forwards(from: T | undefined, isExclusive: boolean): Generator<T> {
    let leaf: Leaf<T> | undefined = from === undefined ? this.#outermostLeaf(false) : this.#descend(from);
    let index = from === undefined ? 0 : this.#lowerBound(leaf.values, from);
    const start = leaf.values[index];
    if (isExclusive && from !== undefined && start !== undefined && this.#compare(start, from) === 0) index += 1;
    for (; leaf !== undefined; leaf = leaf.next, index = 0) {
      for (; index < leaf.values.length; index += 1) {
        const value = leaf.values[index];
        if (value !== undefined) yield value;
      }
    }
  }

  *#backwards(from: T | undefined, isExclusive: boolean): Generator<T> {
    let leaf: Leaf<T> | undefined = from === undefined ? this.#outermostLeaf(true) : this.#descend(from);
    let index = leaf.values.length - 1;
    if (from !== undefined) {
      index = this.#lowerBound(leaf.values, from);
      const start = leaf.values[index];
      if (isExclusive || start === undefined || this.#compare(start, from) !== 0) index -= 1;
    }
    for (; leaf !== undefined; leaf = leaf.previous, index = leaf === undefined ? -1 : leaf.values.length - 1) {
      for (; index >= 0; index -= 1) {
        const value = leaf.values[index];
        if (value !== undefined) yield value;
      }
    }
  }

  #outermostLeaf(isLast: boolean): Leaf<T> {
    let node = this.#root;
    while (node instanceof Inner) node = childAt(node, isLast ? node.children.length - 1 : 0);
    return node;
  }

  /** The index of the first value that is not less than the probe. */
  #lowerBound(values: readonly T[], probe: T): number {
    let low = 0;
    let high = values.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const value = values[middle];
      if (value !== undefined && this.#compare(value, probe) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The index of the child in which a value belongs. */
  #childIndexFor(node: Inner<T>, probe: T): number {
    let low = 0;
    let high = node.firsts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const first = node.firsts[middle];
      if (first !== undefined && this.#compare(first, probe) <= 0) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  /** The leaf in which a value belongs; adds its ancestors to `path`, the root first. */
  #descend(probe: T, path?: Inner<T>[]): Leaf<T> {
    let node = this.#root;
    while (node instanceof Inner) {
      path?.push(node);
      node = childAt(node, this.#childIndexFor(node, probe));
    }
    return node;
  }

  /** Updates the copies of a node's first value in its ancestors, after a change at the front of the node. */
  #updateFirsts(path: readonly Inner<T>[], changed: Node<T>): void {
    let child = changed;
    for (let level = path.length - 1; level >= 0; level -= 1) {
      const parent = path[level];
      if (parent === undefined) return;
      const index = parent.children.indexOf(child);
      const first = child instanceof Leaf ? child.values[0] : child.firsts[0];
      if (first !== undefined) parent.firsts[index] = first;
      if (index > 0) return;
      child = parent;
    }
  }

  /** Moves half of the values into a new leaf. */
  #splitLeaf(leaf: Leaf<T>, path: Inner<T>[]): void {
    const right = new Leaf(leaf.values.splice(CAPACITY / 2));
    right.next = leaf.next;
    right.previous = leaf;
    if (leaf.next !== undefined) leaf.next.previous = right;
    leaf.next = right;
    this.#insertBeside(leaf, right, path);
  }

  /** Adds a node to the right of `left`, and splits its parent if that has too many children then. */
  #insertBeside(left: Node<T>, right: Node<T>, path: Inner<T>[]): void {
    const parent = path.pop();
    if (parent === undefined) {
      this.#root = new Inner([left, right], [firstOf(left), firstOf(right)]);
      return;
    }
    const index = parent.children.indexOf(left) + 1;
    parent.children.splice(index, 0, right);
    parent.firsts.splice(index, 0, firstOf(right));
    if (parent.children.length <= CAPACITY) return;
    const half = CAPACITY / 2;
    this.#insertBeside(parent, new Inner(parent.children.splice(half), parent.firsts.splice(half)), path);
  }

  /** Merges a node that has few values with a neighbour, or removes it when it is empty. */
  #mergeOrRemove(node: Node<T>, path: Inner<T>[]): void {
    const parent = path.at(-1);
    if (parent === undefined) {
      if (node instanceof Inner && node.children.length === 0) this.#root = new Leaf([]);
      else if (node instanceof Inner && node.children.length === 1) this.#root = childAt(node, 0);
      return;
    }
    const index = parent.children.indexOf(node);
    const left = parent.children[index - 1];
    const right = parent.children[index + 1];
    if (left !== undefined && lengthOf(left) + lengthOf(node) <= CAPACITY) this.#merge(parent, index - 1, left, node);
    else if (right !== undefined && lengthOf(right) + lengthOf(node) <= CAPACITY)
      this.#merge(parent, index, node, right);
    else if (lengthOf(node) === 0) this.#removeChild(parent, index, node);
    for (const childIndex of [index - 1, index]) {
      const changed = parent.children[childIndex];
      if (changed !== undefined) this.#updateFirsts(path, changed);
    }
    if (parent.children.length < MIN_LENGTH) this.#mergeOrRemove(parent, path.slice(0, -1));
  }

  #merge(parent: Inner<T>, index: number, left: Node<T>, right: Node<T>): void {
    if (left instanceof Leaf && right instanceof Leaf) left.values.push(...right.values);
    else if (left instanceof Inner && right instanceof Inner) {
      left.children.push(...right.children);
      left.firsts.push(...right.firsts);
    }
    this.#removeChild(parent, index + 1, right);
    if (lengthOf(left) > 0) parent.firsts[index] = firstOf(left);
  }

  #removeChild(parent: Inner<T>, index: number, node: Node<T>): void {
    parent.children.splice(index, 1);
    parent.firsts.splice(index, 1);
    if (!(node instanceof Leaf)) return;
    if (node.previous !== undefined) node.previous.next = node.next;
    if (node.next !== undefined) node.next.previous = node.previous;
  }
}

const lengthOf = <T>(node: Node<T>): number => (node instanceof Leaf ? node.values.length : node.children.length);

function firstOf<T>(node: Node<T>): T {
  const first = node instanceof Leaf ? node.values[0] : node.firsts[0];
  if (first === undefined) throw new Error('A node of a sorted tree is empty.');
  return first;
}

function childAt<T>(node: Inner<T>, index: number): Node<T> {
  const child = node.children[index];
  if (child === undefined)
    throw new Error(`Child ${index} of a sorted tree's node does not exist: it has ${node.children.length} children.`);
  return child;
}
