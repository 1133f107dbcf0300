// Mistakes in calls and in the objects that are passed to them.
import type { Edit, EditContext } from './edit.ts';
import { child, children, type SyntaxNode } from './syntax.ts';

/** Methods that are easily confused. */
const SIMILAR_METHODS: Readonly<Record<string, string>> = {
  all: 'allSettled',
  allSettled: 'all',
  any: 'race',
  race: 'any',
  ceil: 'floor',
  floor: 'ceil',
  round: 'floor',
  max: 'min',
  min: 'max',
  every: 'some',
  some: 'every',
  push: 'unshift',
  unshift: 'push',
  shift: 'pop',
  pop: 'shift',
  startsWith: 'endsWith',
  endsWith: 'startsWith',
};
/** Methods whose call may be forgotten, because the object has the same type as their result. */
const OMITTED_METHODS = new Set([
  'filter',
  'sort',
  'toSorted',
  'slice',
  'reverse',
  'toReversed',
  'trim',
  'toLowerCase',
]);
const SIGNAL = /signal/i;

export function callEdits(node: SyntaxNode, context: EditContext): Edit[] {
  return [...methodEdits(node, context), ...signalArgument(node, context)];
}

function methodEdits(node: SyntaxNode, { text }: EditContext): Edit[] {
  const callee = child(node, 'callee');
  const property = callee && child(callee, 'property');
  const object = callee && child(callee, 'object');
  if (property === undefined || object === undefined || callee?.computed === true) return [];
  const name = String(property.name);
  const similar = Object.hasOwn(SIMILAR_METHODS, name) ? SIMILAR_METHODS[name] : undefined;
  if (similar !== undefined)
    return [{ operator: 'method', start: property.start, end: property.end, replacement: similar }];
  if (!OMITTED_METHODS.has(name)) return [];
  return [
    { operator: 'method', start: node.start, end: node.end, replacement: `(${text.slice(object.start, object.end)})` },
  ];
}

/** The caller's abort signal as last argument is forgotten. */
function signalArgument(node: SyntaxNode, { text }: EditContext): Edit[] {
  const args = children(node, 'arguments');
  const last = args.at(-1);
  if (last === undefined || !/^(Identifier|MemberExpression)$/.test(last.type)) return [];
  if (!SIGNAL.test(text.slice(last.start, last.end))) return [];
  return [{ operator: 'signal', start: last.start, end: last.end, replacement: 'undefined' }];
}

/** A signal, or a spread in an object, is forgotten. */
export function objectEdits(node: SyntaxNode, { text }: EditContext): Edit[] {
  return children(node, 'properties').flatMap((property) => {
    const key = child(property, 'key');
    const isSignal = property.type === 'ObjectProperty' && key !== undefined && SIGNAL.test(String(key.name));
    if (!isSignal && property.type !== 'SpreadElement') return [];
    const commaLength = /^\s*,/.exec(text.slice(property.end))?.[0].length ?? 0;
    const operator = isSignal ? 'signal' : 'spread';
    return [{ operator, start: property.start, end: property.end + commaLength, replacement: '' }];
  });
}
