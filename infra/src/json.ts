// Formats templates so that a person can read and compare them, and small enough to be deployed without a bucket:
// indented by one space, and a value that fits on a line is on one line.

const WIDTH = 200;

/** A value that fits on a line is on one line. */
export function formatJson(value: unknown): string {
  return `${format(value, { indent: '', before: 0, after: 0 })}\n`;
}

interface Place {
  readonly indent: string;
  /** Characters before the value on its line, and after it. */
  readonly before: number;
  readonly after: number;
}

function format(value: unknown, { indent, before, after }: Place): string {
  const line = inline(value);
  const isRoot = indent === '' && before === 0;
  if (typeof value !== 'object' || value === null) return line;
  if (!isRoot && indent.length + before + line.length + after <= WIDTH) return line;
  const deeper = `${indent} `;
  const isList = Array.isArray(value);
  const entries = Object.entries(value);
  const lines = entries.map(([key, one], index) => {
    const name = isList ? '' : `${JSON.stringify(key)}: `;
    const comma = index < entries.length - 1 ? ',' : '';
    return `${deeper}${name}${format(one, { indent: deeper, before: name.length, after: comma.length })}${comma}`;
  });
  const [open, close] = isList ? '[]' : '{}';
  return `${open}\n${lines.join('\n')}\n${indent}${close}`;
}

function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}: ${inline(one)}`);
  return members.length === 0 ? '{}' : `{${members.join(', ')}}`;
}
