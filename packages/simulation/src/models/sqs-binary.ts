// Binary values: the SDK has byte arrays where the engine, as the JSON protocol, has base64.

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

/** A request as the protocol carries it. */
export function withBase64(input: object): Fields {
  return mapBinary({ ...input }, (value) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
  );
}

/** An answer as the SDK gives it. */
export function withBinary(output: Fields): Fields {
  return mapBinary(output, (value) =>
    typeof value === 'string' ? new Uint8Array(Buffer.from(value, 'base64')) : value,
  );
}

/** Copies only what has binary values: most messages have none. */
function mapBinary(fields: Fields, change: (value: unknown) => unknown): Fields {
  let copy: Record<string, unknown> | undefined;
  for (const [name, value] of Object.entries(fields)) {
    const changed = name === 'BinaryValue' ? change(value) : mapInside(value, change);
    if (changed === value) continue;
    copy ??= { ...fields };
    copy[name] = changed;
  }
  return copy ?? fields;
}

function mapInside(value: unknown, change: (value: unknown) => unknown): unknown {
  if (value instanceof Uint8Array || !isFields(value)) return value;
  if (!Array.isArray(value)) return mapBinary(value, change);
  const list = value.map((entry) => mapInside(entry, change));
  return list.some((entry, at) => entry !== value[at]) ? list : value;
}
