// Damage of load messages by accidents or attackers, as fast-check arbitraries. Objects are lists of entries here and
// scalars are text, so that a key can occur twice or be `__proto__`, and a number be written `-0`.
import fc from 'fast-check';

type Node =
  | { readonly is: 'object'; entries: [key: string, value: Node][] }
  | { readonly is: 'array'; items: Node[] }
  | { readonly is: 'text'; text: string };
/** Replaces the node itself. */
interface Place {
  readonly node: Node;
  put(node: Node): unknown;
}

/** How a message is damaged. */
export type Damage = (body: string) => string;

const keys = [
  '__proto__',
  'constructor',
  'toString',
  'length',
  '',
  'movies',
  'number',
  'plan',
  'job_id',
  'title',
  '\u0000',
];
const numbers = '-1 -0 0.5 1e0 1.0 1E3 007 1e400 -1e-400 2147483648 4294967296 9007199254740993 NaN Infinity'.split(
  ' ',
);

/** JSON text, or nearly. */
const strangeText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...numbers, 'null', 'true', '{}', '[]', '""', "''", '"\\ud83c"', '"\\u0000"', '"\\u2028"', ''),
  fc.json({ maxDepth: 3 }),
  fc.double().map(String),
  fc.string({ unit: 'binary', maxLength: 60 }).map((text) => JSON.stringify(text)),
  fc.integer({ min: 1, max: 500 }).map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
  fc.integer({ min: 500, max: 3000 }).map((length) => JSON.stringify('ä'.repeat(length))),
  fc.integer({ min: 1, max: 6000 }).map((length) => `[${Array(length).fill('{}').join(',')}]`),
  fc.date({ noInvalidDate: true }).map((date) => JSON.stringify(date)),
);

const anyKey = fc.oneof(fc.constantFrom(...keys), fc.string({ maxLength: 10 }));

/** One change of the tree, at the place that `dice` chooses. */
const treeDamage: fc.Arbitrary<Damage> = fc
  .record({
    what: fc.constantFrom('replace', 'remove', 'rename', 'twice', 'add', 'wrap', 'swap', 'nudge'),
    dice: fc.nat(),
    other: fc.nat(),
    key: anyKey,
    text: strangeText,
  })
  .map(({ what, dice, other, key, text }) => (body) => {
    const root = toNode(body);
    if (root === undefined) return body;
    const box: Node = { is: 'array', items: [root] };
    const places = [...placesOf(box)];
    const place = places[dice % places.length];
    if (place === undefined) return body;
    const { node } = place;
    const strange: Node = { is: 'text', text };
    if (what === 'replace') place.put(strange);
    else if (what === 'wrap') place.put({ is: 'array', items: [node] });
    else if (what === 'swap') place.put(structuredClone(places[other % places.length]?.node ?? node));
    else if (node.is === 'object') changeKeys(node, what, other, [key, strange]);
    else if (node.is === 'array') changeItems(node, what, other, strange);
    else place.put({ is: 'text', text: what === 'nudge' ? nudged(node.text, other) : node.text + text });
    return toText(box.items[0] ?? strange);
  });

/** A number not far away. */
const nudged = (text: string, dice: number): string => (Number(text) ? String(Number(text) + (dice % 7) - 3) : '1');

function changeKeys(node: Node & { is: 'object' }, what: string, dice: number, added: [string, Node]): void {
  const at = dice % Math.max(1, node.entries.length);
  const entry = node.entries[at];
  if (what === 'add' || entry === undefined) node.entries.splice(at, 0, added);
  else if (what === 'remove') node.entries.splice(at, 1);
  else if (what === 'rename') node.entries[at] = [added[0], entry[1]];
  else node.entries.splice(dice % 2 === 0 ? at : at + 1, 0, [entry[0], added[1]]);
}

function changeItems(node: Node & { is: 'array' }, what: string, dice: number, added: Node): void {
  const at = dice % Math.max(1, node.items.length);
  const item = node.items[at];
  if (what === 'remove') node.items.splice(at, 1);
  else node.items.splice(at, 0, what === 'twice' && item !== undefined ? item : added);
}

/** One change of the text, at a place between 0 and 1. */
const textDamage: fc.Arbitrary<Damage> = fc
  .record({
    what: fc.constantFrom('cut', 'insert', 'delete', 'again', 'upper'),
    from: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.integer({ min: 1, max: 20 }),
    text: fc.oneof(fc.string({ unit: 'binary', maxLength: 8 }), fc.constantFrom('\ufeff', '\n', '"', '{', '\\', ',')),
  })
  .map(({ what, from, length, text }) => (body) => {
    const at = Math.floor(from * body.length);
    const [head, piece, tail] = [body.slice(0, at), body.slice(at, at + length), body.slice(at + length)];
    if (what === 'cut') return head;
    if (what === 'insert') return head + text + piece + tail;
    if (what === 'delete') return head + tail;
    return what === 'again' ? head + piece + piece + tail : head + piece.toUpperCase() + tail;
  });

/** One to three changes, mostly of the tree. */
export const damage: fc.Arbitrary<Damage> = fc
  .array(fc.oneof({ arbitrary: treeDamage, weight: 4 }, { arbitrary: textDamage, weight: 1 }), {
    minLength: 1,
    maxLength: 3,
  })
  .map((steps) => (body) => sendable(steps.reduce((text, step) => step(text), body)));

/** SQS refuses empty bodies and some characters. */
function sendable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that SQS refuses
  const clean = text.toWellFormed().replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, ' ');
  return clean === '' ? ' ' : clean.slice(0, 60_000).toWellFormed();
}

/** Undefined when an earlier change made the text invalid JSON. */
function toNode(body: string): Node | undefined {
  try {
    return fromJson(JSON.parse(body));
  } catch {
    return undefined;
  }
}

function fromJson(value: unknown): Node {
  if (Array.isArray(value)) return { is: 'array', items: value.map(fromJson) };
  if (typeof value !== 'object' || value === null) return { is: 'text', text: JSON.stringify(value) };
  return { is: 'object', entries: Object.entries(value).map(([key, one]) => [key, fromJson(one)]) };
}

function* placesOf(node: Node): Generator<Place> {
  if (node.is === 'array') {
    for (const [at, item] of node.items.entries()) {
      yield { node: item, put: (other) => node.items.splice(at, 1, other) };
      yield* placesOf(item);
    }
  } else if (node.is === 'object') {
    for (const entry of node.entries) {
      yield { node: entry[1], put: (other) => entry.splice(1, 1, other) };
      yield* placesOf(entry[1]);
    }
  }
}

function toText(node: Node): string {
  if (node.is === 'text') return node.text;
  if (node.is === 'array') return `[${node.items.map(toText).join(',')}]`;
  return `{${node.entries.map(([key, value]) => `${JSON.stringify(key)}:${toText(value)}`).join(',')}}`;
}
