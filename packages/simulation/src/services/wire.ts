// Converts requests and answers between the SDK and the engines: the SDK has byte arrays, the engines have base64 text
// like AWS's JSON protocols.

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

/** A copy of a request in the protocol's form, so that later changes of the caller's objects have no effect. */
export function toEngineRequest(input: object): Fields {
  const copy: Record<string, unknown> = { ...input };
  for (const name in copy) copy[name] = encodeBytes(copy[name]);
  return copy;
}

function encodeBytes(value: unknown): unknown {
  if (!isFields(value)) return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return Array.isArray(value) ? value.map(encodeBytes) : toEngineRequest(value);
}

/** The members of answers that contain bytes: of message attributes, and of items. */
const BINARY_MEMBERS = new Set(['BinaryValue', 'B', 'BS']);

/** An answer in the SDK's form. Copies only parts with bytes, because most answers have none. */
export function toSdkOutput(output: Fields): Fields {
  let copy: Record<string, unknown> | undefined;
  for (const name in output) {
    const value = output[name];
    const decoded = BINARY_MEMBERS.has(name) ? asBytes(value) : value;
    const changed = decoded === value ? decodeBytes(value) : decoded;
    if (changed === value) continue;
    copy ??= { ...output };
    copy[name] = changed;
  }
  return copy ?? output;
}

function decodeBytes(value: unknown): unknown {
  if (!isFields(value)) return value;
  if (!Array.isArray(value)) return toSdkOutput(value);
  const list = value.map(decodeBytes);
  return list.some((entry, index) => entry !== value[index]) ? list : value;
}

function asBytes(value: unknown): unknown {
  if (typeof value === 'string') return new Uint8Array(Buffer.from(value, 'base64'));
  return Array.isArray(value) ? value.map(asBytes) : value;
}
