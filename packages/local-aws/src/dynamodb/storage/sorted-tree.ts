// A B+ tree: sorted values, which are found, added and removed in logarithmic time and iterated in both directions. Its
// memory follows its content: nodes with few values are merged with their neighbours.

/** Values in a leaf, children in an inner node. */
const CAPACITY = 64;
const LOW = CAPACITY / 4;

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

  /** Adds a value, or replaces its equal. Returns the replaced value. */
  set(value: T): T | undefined {
    const path: Inner<T>[] = [];
    const leaf = this.#descend(value, path);
    const at = this.#lowerBound(leaf.values, value);
    const found = leaf.values[at];
    if (found !== undefined && this.#compare(found, value) === 0) {
      leaf.values[at] = value;
      if (at === 0) this.#renewFirsts(path, leaf);
      return found;
    }
    leaf.values.splice(at, 0, value);
    this.#size += 1;
    if (at === 0) this.#renewFirsts(path, leaf);
    if (leaf.values.length > CAPACITY) this.#splitLeaf(leaf, path);
    return undefined;
  }

  /** The value that compares as 0 with the probe. */
  get(probe: T): T | undefined {
    const { values } = this.#descend(probe);
    const found = values[this.#lowerBound(values, probe)];
    return found !== undefined && this.#compare(found, probe) === 0 ? found : undefined;
  }

  delete(probe: T): T | undefined {
    const path: Inner<T>[] = [];
    const leaf = this.#descend(probe, path);
    const at = this.#lowerBound(leaf.values, probe);
    const found = leaf.values[at];
    if (found === undefined || this.#compare(found, probe) !== 0) return undefined;
    leaf.values.splice(at, 1);
    this.#size -= 1;
    if (leaf.values.length < LOW) this.#join(leaf, path);
    else if (at === 0) this.#renewFirsts(path, leaf);
    return found;
  }

  first(): T | undefined {
    let node = this.#root;
    while (node instanceof Inner) node = childAt(node, 0);
    return node.values[0];
  }

  /** Values from a probe on; without a probe, from the first (or, backwards, the last). */
  *walk(options: { readonly from?: T; readonly after?: boolean; readonly backwards?: boolean } = {}): Generator<T> {
    const { from, after = false, backwards = false } = options;
    if (backwards) yield* this.#backwards(from, after);
    else yield* this.#forwards(from, after);
  }

  *#forwards(from: T | undefined, after: boolean): Generator<T> {
    let leaf: Leaf<T> | undefined = from === undefined ? this.#edge(false) : this.#descend(from);
    let at = from === undefined ? 0 : this.#lowerBound(leaf.values, from);
    const start = leaf.values[at];
    if (after && from !== undefined && start !== undefined && this.#compare(start, from) === 0) at += 1;
    for (; leaf !== undefined; leaf = leaf.next, at = 0) {
      for (; at < leaf.values.length; at += 1) {
        const value = leaf.values[at];
        if (value !== undefined) yield value;
      }
    }
  }

  *#backwards(from: T | undefined, after: boolean): Generator<T> {
    let leaf: Leaf<T> | undefined = from === undefined ? this.#edge(true) : this.#descend(from);
    let at = leaf.values.length - 1;
    if (from !== undefined) {
      at = this.#lowerBound(leaf.values, from);
      const start = leaf.values[at];
      if (after || start === undefined || this.#compare(start, from) !== 0) at -= 1;
    }
    for (; leaf !== undefined; leaf = leaf.previous, at = leaf === undefined ? -1 : leaf.values.length - 1) {
      for (; at >= 0; at -= 1) {
        const value = leaf.values[at];
        if (value !== undefined) yield value;
      }
    }
  }

  #edge(last: boolean): Leaf<T> {
    let node = this.#root;
    while (node instanceof Inner) node = childAt(node, last ? node.children.length - 1 : 0);
    return node;
  }

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

  /** The child in which a value belongs. */
  #childFor(node: Inner<T>, probe: T): number {
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

  #descend(probe: T, path?: Inner<T>[]): Leaf<T> {
    let node = this.#root;
    while (node instanceof Inner) {
      path?.push(node);
      node = childAt(node, this.#childFor(node, probe));
    }
    return node;
  }

  /** Updates the copies of a node's first value in its ancestors, after a change at the front of the node. */
  #renewFirsts(path: readonly Inner<T>[], changed: Node<T>): void {
    let child = changed;
    for (let level = path.length - 1; level >= 0; level -= 1) {
      const parent = path[level];
      if (parent === undefined) return;
      const at = parent.children.indexOf(child);
      const first = child instanceof Leaf ? child.values[0] : child.firsts[0];
      if (first !== undefined) parent.firsts[at] = first;
      if (at > 0) return;
      child = parent;
    }
  }

  #splitLeaf(leaf: Leaf<T>, path: Inner<T>[]): void {
    const right = new Leaf(leaf.values.splice(CAPACITY / 2));
    right.next = leaf.next;
    right.previous = leaf;
    if (leaf.next !== undefined) leaf.next.previous = right;
    leaf.next = right;
    this.#insertBeside(leaf, right, path);
  }

  #insertBeside(left: Node<T>, right: Node<T>, path: Inner<T>[]): void {
    const parent = path.pop();
    if (parent === undefined) {
      this.#root = new Inner([left, right], [firstOf(left), firstOf(right)]);
      return;
    }
    const at = parent.children.indexOf(left) + 1;
    parent.children.splice(at, 0, right);
    parent.firsts.splice(at, 0, firstOf(right));
    if (parent.children.length <= CAPACITY) return;
    const half = CAPACITY / 2;
    this.#insertBeside(parent, new Inner(parent.children.splice(half), parent.firsts.splice(half)), path);
  }

  /** Merges a node that has few values with a neighbour, or removes it when it is empty. */
  #join(node: Node<T>, path: Inner<T>[]): void {
    const parent = path.at(-1);
    if (parent === undefined) {
      if (node instanceof Inner && node.children.length === 0) this.#root = new Leaf([]);
      else if (node instanceof Inner && node.children.length === 1) this.#root = childAt(node, 0);
      return;
    }
    const at = parent.children.indexOf(node);
    const left = parent.children[at - 1];
    const right = parent.children[at + 1];
    if (left !== undefined && lengthOf(left) + lengthOf(node) <= CAPACITY) this.#merge(parent, at - 1, left, node);
    else if (right !== undefined && lengthOf(right) + lengthOf(node) <= CAPACITY) this.#merge(parent, at, node, right);
    else if (lengthOf(node) === 0) this.#drop(parent, at, node);
    for (const child of [at - 1, at]) {
      const changed = parent.children[child];
      if (changed !== undefined) this.#renewFirsts(path, changed);
    }
    if (parent.children.length < LOW) this.#join(parent, path.slice(0, -1));
  }

  #merge(parent: Inner<T>, at: number, left: Node<T>, right: Node<T>): void {
    if (left instanceof Leaf && right instanceof Leaf) left.values.push(...right.values);
    else if (left instanceof Inner && right instanceof Inner) {
      left.children.push(...right.children);
      left.firsts.push(...right.firsts);
    }
    this.#drop(parent, at + 1, right);
    if (lengthOf(left) > 0) parent.firsts[at] = firstOf(left);
  }

  #drop(parent: Inner<T>, at: number, node: Node<T>): void {
    parent.children.splice(at, 1);
    parent.firsts.splice(at, 1);
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

function childAt<T>(node: Inner<T>, at: number): Node<T> {
  const child = node.children[at];
  if (child === undefined) throw new Error(`A node of a sorted tree has ${node.children.length} children, not ${at}.`);
  return child;
}
