// The mistakes: for each kind of syntax, what a tired engineer might have written instead.
import { callEdits, objectEdits } from './call-operators.ts';
import type { Edit, EditContext } from './edit.ts';
import { child, children, type SyntaxNode } from './syntax.ts';

/** Makes the mistakes of one kind of syntax. */
type MutationOperator = (node: SyntaxNode, context: EditContext) => Edit[];

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
/** Assertions that never fail. */
const ASSERTION = /^(?:invariant|assert)\b/;

const source = ({ text }: EditContext, node: SyntaxNode): string => text.slice(node.start, node.end);

/** Replaces the whole node. */
const replace = (operator: string, node: SyntaxNode, replacement: string): Edit => ({
  operator,
  start: node.start,
  end: node.end,
  replacement,
});

/** Replaces only the sign between the two sides, such as `<`. */
function replaceSign(operator: string, node: SyntaxNode, context: EditContext, replacement: string): Edit[] {
  const left = child(node, 'left');
  const right = child(node, 'right');
  if (left === undefined || right === undefined) return [];
  const between = context.text.slice(left.end, right.start);
  const start = left.end + between.indexOf(String(node.operator));
  return [{ operator, start, end: start + String(node.operator).length, replacement }];
}

const isText = (node: SyntaxNode | undefined): boolean =>
  node?.type === 'StringLiteral' ||
  node?.type === 'TemplateLiteral' ||
  (node?.type === 'BinaryExpression' && (isText(child(node, 'left')) || isText(child(node, 'right'))));

const binary: MutationOperator = (node, context) => {
  const operator = String(node.operator);
  const arithmetic = ARITHMETIC[operator];
  if (arithmetic !== undefined) return isText(node) ? [] : replaceSign('arithmetic', node, context, arithmetic);
  return (COMPARISONS[operator] ?? []).flatMap((other) => replaceSign('comparison', node, context, other));
};

/** Forgets one of the two sides. */
const logical: MutationOperator = (node, context) =>
  ['left', 'right'].flatMap((side) => {
    const remaining = child(node, side);
    return remaining === undefined ? [] : [replace('logic', node, `(${source(context, remaining)})`)];
  });

const conditional: MutationOperator = (node, context) =>
  ['consequent', 'alternate'].flatMap((side) => {
    const remaining = child(node, side);
    return remaining === undefined ? [] : [replace('condition', node, `(${source(context, remaining)})`)];
  });

const replaceTest =
  (...values: readonly string[]): MutationOperator =>
  (node) => {
    const test = child(node, 'test');
    return test === undefined || test.type === 'BooleanLiteral'
      ? []
      : values.map((value) => replace('condition', test, value));
  };

const unary: MutationOperator = (node, context) => {
  const argument = child(node, 'argument');
  if (argument === undefined || !['!', '-'].includes(String(node.operator))) return [];
  return [replace('negation', node, source(context, argument))];
};

const update: MutationOperator = (node, context) => [
  replace('arithmetic', node, source(context, node).replace(/\+\+|--/, node.operator === '++' ? '--' : '++')),
];

const assignment: MutationOperator = (node, context) => {
  const replacement = ASSIGNMENTS[String(node.operator)];
  return replacement === undefined || isText(child(node, 'right'))
    ? []
    : replaceSign('arithmetic', node, context, replacement);
};

const numeric: MutationOperator = (node) => {
  const value = Number(node.value);
  return [replace('number', node, String(value < LARGE ? value + 1 : value / 10))];
};

const boolean: MutationOperator = (node) => [replace('boolean', node, String(!node.value))];

const statement: MutationOperator = (node, context) => {
  const text = source(context, node).replace(/^await /, '');
  if (LOG_CALL.test(text) || ASSERTION.test(text) || text.startsWith('super(')) return [];
  return [replace('statement', node, ';')];
};

const bareReturn: MutationOperator = (node) =>
  child(node, 'argument') === undefined ? [replace('statement', node, ';')] : [];

const jump: MutationOperator = (node) => [replace('statement', node, ';')];

/** Without `await`, `try` misses the failure and `finally` runs too early. The type checker does not report it. */
const returnStatement: MutationOperator = (node, context) => {
  const argument = child(node, 'argument');
  if (argument === undefined) return bareReturn(node, context);
  if (argument.type !== 'AwaitExpression') return [];
  return [replace('await', argument, source(context, argument).replace(/^await\s+/, ''))];
};

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression', 'ObjectMethod']);
const MIN_BLOCK_STATEMENTS = 2;

const block: MutationOperator = (node, context) => {
  const statements = children(node, 'body');
  const { parent } = context;
  const isHandler = parent?.type === 'CatchClause' || (parent && child(parent, 'finalizer') === node);
  const isBody = parent !== undefined && FUNCTIONS.has(parent.type) && statements.length >= MIN_BLOCK_STATEMENTS;
  const empty =
    (isHandler && statements.length >= MIN_BLOCK_STATEMENTS) || isBody ? [replace('block', node, '{}')] : [];
  return [...empty, ...swapSteps(statements, context)];
};

/** Swaps two neighbouring statements that await something: the protocol depends on their order. */
function swapSteps(statements: readonly SyntaxNode[], context: EditContext): Edit[] {
  const isStep = (node: SyntaxNode | undefined) =>
    node?.type === 'ExpressionStatement' && child(node, 'expression')?.type === 'AwaitExpression';
  return statements.slice(1).flatMap((second, index) => {
    const first = statements[index];
    if (first === undefined || !isStep(first) || !isStep(second)) return [];
    const replacement = `${source(context, second)} ${source(context, first)}`;
    return [{ operator: 'order', start: first.start, end: second.end, replacement }];
  });
}

const member: MutationOperator = (node) => {
  const property = child(node, 'property');
  const isIndex = property !== undefined && /^(Identifier|BinaryExpression)$/.test(property.type);
  return node.computed === true && isIndex ? [replace('index', property, '0')] : [];
};

const pattern: MutationOperator = (node) => {
  const text = String(node.pattern);
  const flags = String(node.flags);
  const withoutAnchor = [text.replace(/^\^/, ''), text.replace(/(?<!\\)\$$/, '')].filter((other) => other !== text);
  return withoutAnchor.map((other) => replace('pattern', node, `/${other || '(?:)'}/${flags}`));
};

/** Leaves a spread out. Before a comma it must leave an empty one, because `[, a]` has a hole. */
const array: MutationOperator = (node, { text }) =>
  children(node, 'elements')
    .filter(({ type }) => type === 'SpreadElement')
    .map((spread) => replace('spread', spread, text[spread.end] === ',' ? '...[]' : ''));

const OPERATORS: Readonly<Record<string, MutationOperator>> = {
  ArrayExpression: array,
  AssignmentExpression: assignment,
  BinaryExpression: binary,
  BlockStatement: block,
  BooleanLiteral: boolean,
  BreakStatement: jump,
  CallExpression: callEdits,
  ConditionalExpression: conditional,
  ContinueStatement: jump,
  DoWhileStatement: replaceTest('false'),
  ExpressionStatement: statement,
  ForStatement: replaceTest('false'),
  IfStatement: replaceTest('true', 'false'),
  LogicalExpression: logical,
  MemberExpression: member,
  NumericLiteral: numeric,
  ObjectExpression: objectEdits,
  OptionalCallExpression: callEdits,
  RegExpLiteral: pattern,
  ReturnStatement: returnStatement,
  ThrowStatement: jump,
  UnaryExpression: unary,
  UpdateExpression: update,
  WhileStatement: replaceTest('false'),
};

/** The mistakes at this node, without those inside its children. */
export function editsAt(node: SyntaxNode, context: EditContext): Edit[] {
  return OPERATORS[node.type]?.(node, context) ?? [];
}

/**
 * True for types, imports, errors and log calls: mistakes inside them change no behaviour, or only a text. Mistakes of
 * the whole node are still made.
 */
export function skipsChildren(node: SyntaxNode, context: EditContext): boolean {
  if (/^(Import|ExportAll)/.test(node.type)) return true;
  if (/^TS(?!As|Satisfies|NonNull)/.test(node.type)) return true;
  if (node.type === 'ThrowStatement') return true;
  return node.type === 'ExpressionStatement' && LOG_CALL.test(source(context, node));
}
