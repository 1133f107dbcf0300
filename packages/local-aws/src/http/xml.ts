// Answers as a tree of elements, written as XML or, for the developer endpoint, as JSON of the same names.

/** Name and content: text, or elements in order. */
export type Element = readonly [name: string, content: string | readonly Element[]];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // A parser would turn it into a line feed.
  '\r': '&#xD;',
};

function escapeText(text: string): string {
  return /[&<>"\r]/.test(text) ? text.replace(/[&<>"\r]/g, (character) => ESCAPES[character] ?? character) : text;
}

export function toXml(elements: readonly Element[]): string {
  let xml = '';
  for (const [name, content] of elements) {
    xml += `<${name}>${typeof content === 'string' ? escapeText(content) : toXml(content)}</${name}>`;
  }
  return xml;
}

/** Elements of one name become a list when there is more than one, as converters from XML do it. */
export function toJson(content: string | readonly Element[]): unknown {
  if (typeof content === 'string') return content;
  if (content.length === 0) return null;
  const object: Record<string, unknown> = {};
  const byName = Map.groupBy(content, ([name]) => name);
  for (const [name, same] of byName) {
    const values = same.map(([, value]) => toJson(value));
    object[name] = values.length === 1 ? values[0] : values;
  }
  return object;
}
