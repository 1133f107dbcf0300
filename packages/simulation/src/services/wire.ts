// Converts the SDK's objects to the engines' and back: the SDK has byte arrays, the engines have base64 like the JSON
// protocols.

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

/** A copy of a request in the protocol's form, so that later changes of the caller's objects have no effect. */
export function requestOf(input: object): Fields {
  const copy: Record<string, unknown> = { ...input };
  for (const name in copy) copy[name] = carried(copy[name]);
  return copy;
}

function carried(value: unknown): unknown {
  if (!isFields(value)) return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return Array.isArray(value) ? value.map(carried) : requestOf(value);
}

/** Names of members of answers that are bytes: of message attributes, and of items. */
const BINARY = new Set(['BinaryValue', 'B', 'BS']);

/** An answer in the SDK's form. Copies only parts with bytes, because most answers have none. */
export function answerOf(output: Fields): Fields {
  let copy: Record<string, unknown> | undefined;
  for (const name in output) {
    const value = output[name];
    const given = BINARY.has(name) ? asBytes(value) : value;
    const changed = given === value ? inside(value) : given;
    if (changed === value) continue;
    copy ??= { ...output };
    copy[name] = changed;
  }
  return copy ?? output;
}

function inside(value: unknown): unknown {
  if (!isFields(value)) return value;
  if (!Array.isArray(value)) return answerOf(value);
  const list = value.map(inside);
  return list.some((entry, at) => entry !== value[at]) ? list : value;
}

function asBytes(value: unknown): unknown {
  if (typeof value === 'string') return new Uint8Array(Buffer.from(value, 'base64'));
  return Array.isArray(value) ? value.map(asBytes) : value;
}
