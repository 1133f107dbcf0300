// The mistakes: for each kind of syntax, what a tired engineer might have written instead.
import { callEdits, objectEdits } from './call-operators.ts';
import type { Edit, Place } from './edit.ts';
import { child, children, type SyntaxNode } from './syntax.ts';

type Operator = (node: SyntaxNode, place: Place) => Edit[];

const COMPARISONS: Readonly<Record<string, readonly string[]>> = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '===': ['!=='],
  '!==': ['==='],
};
const ARITHMETIC: Readonly<Record<string, string>> = { '+': '-', '-': '+', '*': '/', '/': '*', '%': '*', '**': '*' };
const ASSIGNMENTS: Readonly<Record<string, string>> = { '+=': '-=', '-=': '+=', '*=': '/=', '/=': '*=', '??=': '=' };

/** Constants of at least this size are times and sizes: a test could not see a change by one. */
const LARGE = 1000;
const LOG_CALL = /^(?:\w+\.)*(?:log|logger|console)(?:\??\.\w+)*\??\.(?:trace|debug|info|warn|error|fatal|log)\(/;
/** Assertions of what is always true. */
const ASSERTION = /^(?:invariant|assert)\b/;

const source = ({ text }: Place, node: SyntaxNode): string => text.slice(node.start, node.end);

/** The whole node becomes another text. */
const replace = (operator: string, node: SyntaxNode, replacement: string): Edit => ({
  operator,
  start: node.start,
  end: node.end,
  replacement,
});

/** Only the operator between the two sides changes. */
function sign(operator: string, node: SyntaxNode, place: Place, replacement: string): Edit[] {
  const left = child(node, 'left');
  const right = child(node, 'right');
  if (left === undefined || right === undefined) return [];
  const between = place.text.slice(left.end, right.start);
  const at = left.end + between.indexOf(String(node.operator));
  return [{ operator, start: at, end: at + String(node.operator).length, replacement }];
}

const isText = (node: SyntaxNode | undefined): boolean =>
  node?.type === 'StringLiteral' ||
  node?.type === 'TemplateLiteral' ||
  (node?.type === 'BinaryExpression' && (isText(child(node, 'left')) || isText(child(node, 'right'))));

const binary: Operator = (node, place) => {
  const operator = String(node.operator);
  const arithmetic = ARITHMETIC[operator];
  if (arithmetic !== undefined) return isText(node) ? [] : sign('arithmetic', node, place, arithmetic);
  return (COMPARISONS[operator] ?? []).flatMap((other) => sign('comparison', node, place, other));
};

/** One of the two sides was forgotten. */
const logical: Operator = (node, place) =>
  ['left', 'right'].flatMap((side) => {
    const kept = child(node, side);
    return kept === undefined ? [] : [replace('logic', node, `(${source(place, kept)})`)];
  });

const conditional: Operator = (node, place) =>
  ['consequent', 'alternate'].flatMap((side) => {
    const kept = child(node, side);
    return kept === undefined ? [] : [replace('condition', node, `(${source(place, kept)})`)];
  });

const tested =
  (...values: readonly string[]): Operator =>
  (node) => {
    const test = child(node, 'test');
    return test === undefined || test.type === 'BooleanLiteral'
      ? []
      : values.map((value) => replace('condition', test, value));
  };

const unary: Operator = (node, place) => {
  const argument = child(node, 'argument');
  if (argument === undefined || !['!', '-'].includes(String(node.operator))) return [];
  return [replace('negation', node, source(place, argument))];
};

const update: Operator = (node, place) => [
  replace('arithmetic', node, source(place, node).replace(/\+\+|--/, node.operator === '++' ? '--' : '++')),
];

const assignment: Operator = (node, place) => {
  const other = ASSIGNMENTS[String(node.operator)];
  return other === undefined || isText(child(node, 'right')) ? [] : sign('arithmetic', node, place, other);
};

const numeric: Operator = (node) => {
  const value = Number(node.value);
  return [replace('number', node, String(value < LARGE ? value + 1 : value / 10))];
};

const boolean: Operator = (node) => [replace('boolean', node, String(!node.value))];

const statement: Operator = (node, place) => {
  const text = source(place, node).replace(/^await /, '');
  if (LOG_CALL.test(text) || ASSERTION.test(text) || text.startsWith('super(')) return [];
  return [replace('statement', node, ';')];
};

const removed: Operator = (node) => (child(node, 'argument') === undefined ? [replace('statement', node, ';')] : []);

const thrown: Operator = (node) => [replace('statement', node, ';')];

/** Without `await`, `try` misses the failure and `finally` runs too early. The type checker does not report it. */
const returned: Operator = (node, place) => {
  const argument = child(node, 'argument');
  if (argument === undefined) return removed(node, place);
  if (argument.type !== 'AwaitExpression') return [];
  return [replace('await', argument, source(place, argument).replace(/^await\s+/, ''))];
};

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression', 'ObjectMethod']);
const SEVERAL = 2;

const block: Operator = (node, place) => {
  const statements = children(node, 'body');
  const { parent } = place;
  const isHandler = parent?.type === 'CatchClause' || (parent && child(parent, 'finalizer') === node);
  const isBody = parent !== undefined && FUNCTIONS.has(parent.type) && statements.length >= SEVERAL;
  const empty = (isHandler && statements.length >= SEVERAL) || isBody ? [replace('block', node, '{}')] : [];
  return [...empty, ...swapped(statements, place)];
};

/** Swaps two neighbouring statements: the protocol depends on such orders. */
function swapped(statements: readonly SyntaxNode[], place: Place): Edit[] {
  const isStep = (node: SyntaxNode | undefined) =>
    node?.type === 'ExpressionStatement' && child(node, 'expression')?.type === 'AwaitExpression';
  return statements.slice(1).flatMap((second, index) => {
    const first = statements[index];
    if (first === undefined || !isStep(first) || !isStep(second)) return [];
    const replacement = `${source(place, second)} ${source(place, first)}`;
    return [{ operator: 'order', start: first.start, end: second.end, replacement }];
  });
}

const member: Operator = (node) => {
  const property = child(node, 'property');
  const isIndex = property !== undefined && /^(Identifier|BinaryExpression)$/.test(property.type);
  return node.computed === true && isIndex ? [replace('index', property, '0')] : [];
};

const pattern: Operator = (node) => {
  const text = String(node.pattern);
  const flags = String(node.flags);
  const without = [text.replace(/^\^/, ''), text.replace(/(?<!\\)\$$/, '')].filter((other) => other !== text);
  return without.map((other) => replace('pattern', node, `/${other || '(?:)'}/${flags}`));
};

const array: Operator = (node, { text }) =>
  children(node, 'elements')
    .filter(({ type }) => type === 'SpreadElement')
    .map((spread) => replace('spread', spread, text[spread.end] === ',' ? '...[]' : ''));

const OPERATORS: Readonly<Record<string, Operator>> = {
  ArrayExpression: array,
  AssignmentExpression: assignment,
  BinaryExpression: binary,
  BlockStatement: block,
  BooleanLiteral: boolean,
  BreakStatement: thrown,
  CallExpression: callEdits,
  ConditionalExpression: conditional,
  ContinueStatement: thrown,
  DoWhileStatement: tested('false'),
  ExpressionStatement: statement,
  ForStatement: tested('false'),
  IfStatement: tested('true', 'false'),
  LogicalExpression: logical,
  MemberExpression: member,
  NumericLiteral: numeric,
  ObjectExpression: objectEdits,
  OptionalCallExpression: callEdits,
  RegExpLiteral: pattern,
  ReturnStatement: returned,
  ThrowStatement: thrown,
  UnaryExpression: unary,
  UpdateExpression: update,
  WhileStatement: tested('false'),
};

/** The mistakes at this node, without those inside its children. */
export function editsAt(node: SyntaxNode, place: Place): Edit[] {
  return OPERATORS[node.type]?.(node, place) ?? [];
}

/** Nodes that are texts for people or types: mistakes in them do not change the program's behaviour. */
export function isTransparent(node: SyntaxNode, place: Place): boolean {
  if (/^(Import|ExportAll)/.test(node.type)) return true;
  if (/^TS(?!As|Satisfies|NonNull)/.test(node.type)) return true;
  if (node.type === 'ThrowStatement') return true;
  return node.type === 'ExpressionStatement' && LOG_CALL.test(source(place, node));
}
