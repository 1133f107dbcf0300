// The parts of a TypeScript source's syntax tree that mutations need.
import { parse } from '@babel/parser';

/** A node of Babel's tree: a type, a place in the text, and children under names that depend on the type. */
export interface SyntaxNode {
  readonly type: string;
  /** Offset of its first character. */
  readonly start: number;
  /** Offset behind its last character. */
  readonly end: number;
  readonly [field: string]: unknown;
}

/** The program of a source text. Throws Babel's SyntaxError. */
export function parseSource(text: string): SyntaxNode {
  const { program } = parse(text, {
    sourceType: 'module',
    plugins: ['typescript', 'explicitResourceManagement', 'importAttributes'],
  });
  if (!isNode(program)) throw new TypeError('the parser returned no program');
  return program;
}

function isNode(value: unknown): value is SyntaxNode {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    typeof value.type === 'string' &&
    'start' in value &&
    typeof value.start === 'number'
  );
}

/** The child under a name; undefined if there is none, or a list of them. */
export function child(node: SyntaxNode, field: string): SyntaxNode | undefined {
  const value = node[field];
  return isNode(value) ? value : undefined;
}

/** The children under a name that has a list; holes of arrays are left out. */
export function children(node: SyntaxNode, field: string): SyntaxNode[] {
  const value = node[field];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** All children, in the order of their fields. */
export function allChildren(node: SyntaxNode): SyntaxNode[] {
  return Object.keys(node).flatMap((field) => {
    const single = child(node, field);
    return single === undefined ? children(node, field) : [single];
  });
}
