// Finds the place in the production code that a sabotage changes: it is named by its function and by what it is in
// the syntax tree, so comments, layout and other lines do not matter. Without the function or the place, the sabotage
// fails.
import { parse } from '@babel/parser';

/** A place in a function. The function must have exactly one such place. */
export type Anchor =
  /** The call of this function, with any arguments: `jobs.store`, `this.#release`. */
  | { readonly call: string }
  /** One argument of that call, counted from 0. */
  | { readonly argumentOf: string; readonly index: number }
  /** The value of this property of an object. */
  | { readonly property: string }
  /** The initial value of this variable. */
  | { readonly variable: string }
  /** The comparison of this variable with any value. */
  | { readonly comparisonOf: string }
  /** The assignment to this variable: `=`, `+=`, … */
  | { readonly assignmentTo: string }
  /** The iterable of a `for … of`, if it is this expression. */
  | { readonly loopOver: string }
  /** This string: a name on the wire, a reason. */
  | { readonly text: string }
  /** The `throw` of this variable, or of a new error of this class. */
  | { readonly throws: string }
  /** The first line of the function. */
  | { readonly start: true };

/** A range of a source text, as offsets. */
export interface Piece {
  readonly start: number;
  readonly end: number;
}

/** The place in the source that an anchor names. */
export interface Place extends Piece {
  /** The innermost statement that contains it. */
  readonly statement: Piece;
  /** False when the statement is the whole body of an `if` or a loop: two statements need braces there. */
  readonly isInBlock: boolean;
  /** For a shorthand property its name and `: `, which must precede a new value; otherwise empty. */
  readonly label: string;
}

interface SyntaxNode extends Piece {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** A node and its ancestors, the module first. */
interface NodeWithParents {
  readonly node: SyntaxNode;
  readonly parents: readonly SyntaxNode[];
}

/** @throws SyntaxError */
export function parseSource(source: string): SyntaxNode {
  const { program }: { readonly program: unknown } = parse(source, { sourceType: 'module', plugins: ['typescript'] });
  if (!isNode(program)) throw new TypeError('The parser returned no program.');
  return program;
}

/**
 * The place of an anchor in a function, given as the path of names that ends in it: `storeBatch`, `createGate.enter`,
 * `ReceiveHandler.#store`; undefined for the module. Returns the problem as a text when there is no such place, or more
 * than one.
 */
export function findPlace(source: string, inFunction: string | undefined, anchor: Anchor): Place | string {
  const module = parseSource(source);
  const nodes = [...walk(module, [])];
  const scopes = inFunction === undefined ? [module] : nodes.filter(isNamed(inFunction)).map(({ node }) => node);
  const [scope] = scopes;
  if (scope === undefined || scopes.length > 1) return `${scopes.length} functions have the name ${inFunction}`;
  if ('start' in anchor) return startOfBody(scope);
  const isAnchor = matcher(source, anchor);
  const matching = nodes.filter(({ node, parents }) => isInside(node, scope) && isAnchor(node, parents.at(-1)));
  const [first] = matching;
  if (first === undefined || matching.length > 1) {
    return `${matching.length} places match ${JSON.stringify(anchor)} in ${inFunction ?? 'the module'}`;
  }
  return placeOf(first, 'argumentOf' in anchor ? anchor.index : undefined);
}

/** The names of variables that a source uses and does not declare. */
export function undeclaredNames(source: string): Set<string> {
  const used = new Set<string>();
  const declared = new Set<string>();
  for (const { node, parents } of walk(parseSource(source), [])) {
    if (node.type !== 'Identifier' || isPropertyName(node, parents.at(-1))) continue;
    const isDeclared = parents.some((parent) => declaredNodes(parent).some((piece) => isInside(node, piece)));
    (isDeclared ? declared : used).add(String(node.name));
  }
  return new Set([...used].filter((name) => !declared.has(name)));
}

/** The child nodes that declare names. */
function declaredNodes({ type, id, params, param, local }: SyntaxNode): SyntaxNode[] {
  const isDeclaration =
    type === 'VariableDeclarator' || type === 'CatchClause' || /^Import|Function|Class|Method$/.test(type);
  return isDeclaration ? [id, param, local, ...(Array.isArray(params) ? params : [])].filter(isNode) : [];
}

function* walk(node: SyntaxNode, parents: readonly SyntaxNode[]): Generator<NodeWithParents> {
  yield { node, parents };
  const inside = [...parents, node];
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) yield* walk(child, inside);
  }
}

const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === 'object' && value !== null && 'type' in value && 'start' in value && typeof value.start === 'number';

const isInside = (piece: Piece, outer: Piece) => outer.start <= piece.start && piece.end <= outer.end;

/** Matches a function whose path of names, from the module to the function, ends with this path. */
const isNamed = (path: string) => {
  const wantedNames = path.split('.');
  return ({ node, parents }: NodeWithParents): boolean => {
    const parent = parents.at(-1);
    const isOwnName = nameOf(node) !== undefined || parent?.init === node || parent?.value === node;
    if (!/Function|Method$/.test(node.type) || !isOwnName) return false;
    const names = [...parents, node].map(nameOf).filter((name) => name !== undefined);
    return wantedNames.join() === names.slice(-wantedNames.length).join();
  };
};

/** The name of a function, class, property or variable. */
function nameOf({ type, id, key }: SyntaxNode): string | undefined {
  if (type === 'VariableDeclarator' || /^(Function|Class)(Declaration|Expression)$/.test(type))
    return isNode(id) ? nameText(id) : undefined;
  return isNode(key) && /Method$|Property$/.test(type) ? nameText(key) : undefined;
}

function nameText(node: SyntaxNode): string | undefined {
  if (node.type === 'PrivateName' && isNode(node.id)) return `#${node.id.name}`;
  if (node.type === 'StringLiteral') return String(node.value);
  return node.type === 'Identifier' ? String(node.name) : undefined;
}

/** True for an identifier that names a property instead of a variable. */
function isPropertyName(node: SyntaxNode, parent: SyntaxNode | undefined): boolean {
  if (parent === undefined || parent.computed === true || parent.shorthand === true) return false;
  const label = /Member/.test(parent.type) ? parent.property : parent.key;
  return label === node || parent.type === 'PrivateName' || parent.type.startsWith('TS');
}

type Matches = (node: SyntaxNode, parent: SyntaxNode | undefined) => boolean;

function matcher(source: string, anchor: Exclude<Anchor, { readonly start: true }>): Matches {
  const matches = (node: unknown, text: string) => {
    if (!isNode(node)) return false;
    const written = source.slice(node.start, node.end).replaceAll(/\s+|\?(?=\.)/g, '');
    return written === text || written.endsWith(`.${text}`);
  };
  if ('call' in anchor) return ({ callee }) => matches(callee, anchor.call);
  if ('argumentOf' in anchor) return ({ callee }) => matches(callee, anchor.argumentOf);
  if ('property' in anchor) {
    return (node, parent) =>
      parent?.type === 'ObjectExpression' && node.type.startsWith('Object') && nameOf(node) === anchor.property;
  }
  if ('variable' in anchor) return (node) => node.type === 'VariableDeclarator' && matches(node.id, anchor.variable);
  if ('comparisonOf' in anchor) {
    const variable = anchor.comparisonOf;
    return ({ type, left, right }) =>
      type === 'BinaryExpression' && (matches(left, variable) || matches(right, variable));
  }
  if ('assignmentTo' in anchor) {
    return ({ type, left }) => type === 'AssignmentExpression' && matches(left, anchor.assignmentTo);
  }
  if ('loopOver' in anchor) return ({ type, right }) => type === 'ForOfStatement' && matches(right, anchor.loopOver);
  if ('text' in anchor) return ({ type, value }) => type === 'StringLiteral' && value === anchor.text;
  const name = anchor.throws;
  return ({ type, argument }) =>
    type === 'ThrowStatement' && isNode(argument) && (matches(argument, name) || matches(argument.callee, name));
}

/** The part of a matching node that the sabotage changes: the value of a property, the iterable of a loop, … */
function placeOf({ node, parents }: NodeWithParents, argument: number | undefined): Place | string {
  const list = Array.isArray(node.arguments) ? node.arguments : [];
  const parts: Readonly<Record<string, unknown>> = {
    ObjectProperty: node.value,
    VariableDeclarator: node.init,
    ForOfStatement: node.right,
  };
  const part = argument === undefined ? (parts[node.type] ?? node) : list[argument];
  if (!isNode(part)) return 'the place is empty';
  const path = [...parents, node];
  const statementIndex = path.findLastIndex(({ type }) => type.endsWith('Statement') || type === 'VariableDeclaration');
  const statement = path[statementIndex] ?? node;
  const isInBlock = ['BlockStatement', 'Program', 'SwitchCase'].includes(path[statementIndex - 1]?.type ?? '');
  const label = node.shorthand === true ? `${nameOf(node)}: ` : '';
  return { start: part.start, end: part.end, statement, isInBlock, label };
}

function startOfBody(scope: SyntaxNode): Place | string {
  const { body } = scope;
  if (!isNode(body) || body.type !== 'BlockStatement') return 'the function has no lines';
  const start = { start: body.start + 1, end: body.start + 1 };
  return { ...start, statement: start, isInBlock: true, label: '' };
}
