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
    const bytes = BINARY_MEMBERS.has(name) ? toBytes(value) : value;
    // No bytes: an attribute of an item may have such a name, too, and contains a map.
    const decoded = bytes === value ? decodeNested(value) : bytes;
    if (decoded === value) continue;
    copy ??= { ...output };
    copy[name] = decoded;
  }
  return copy ?? output;
}

/** Decodes the bytes inside a list or map; the same value if it contains none. */
function decodeNested(value: unknown): unknown {
  if (!isFields(value)) return value;
  if (!Array.isArray(value)) return toSdkOutput(value);
  const list = value.map(decodeNested);
  return list.some((entry, index) => entry !== value[index]) ? list : value;
}

/** Decodes base64 text, or a list of it. */
function toBytes(value: unknown): unknown {
  if (typeof value === 'string') return new Uint8Array(Buffer.from(value, 'base64'));
  return Array.isArray(value) ? value.map(toBytes) : value;
}
