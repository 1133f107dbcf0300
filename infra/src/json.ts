// Formats templates so that a person can read and compare them, and so that they stay below the 51,200 bytes that
// CloudFormation accepts without a bucket: indented by one space, and a value that fits on a line is on one line.

const MAX_LINE_CHARACTERS = 200;

/** Returns the value as JSON text that ends with a line break. */
export function formatJson(value: unknown): string {
  return `${format(value, { indent: '', before: 0, after: 0 })}\n`;
}

/** The position of a value on its line. */
interface Position {
  readonly indent: string;
  /** Characters before the value on its line, and after it. */
  readonly before: number;
  readonly after: number;
}

function format(value: unknown, { indent, before, after }: Position): string {
  const line = inline(value);
  const isRoot = indent === '' && before === 0;
  if (typeof value !== 'object' || value === null) return line;
  if (!isRoot && indent.length + before + line.length + after <= MAX_LINE_CHARACTERS) return line;
  const deeper = `${indent} `;
  const isList = Array.isArray(value);
  const entries = Object.entries(value);
  const lines = entries.map(([key, member], index) => {
    const name = isList ? '' : `${JSON.stringify(key)}: `;
    const comma = index < entries.length - 1 ? ',' : '';
    return `${deeper}${name}${format(member, { indent: deeper, before: name.length, after: comma.length })}${comma}`;
  });
  const [open, close] = isList ? '[]' : '{}';
  return `${open}\n${lines.join('\n')}\n${indent}${close}`;
}

function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${inline(member)}`);
  return members.length === 0 ? '{}' : `{${members.join(', ')}}`;
}
