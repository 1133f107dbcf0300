// Writes a tree of elements as XML or, for the developer endpoint, as JSON with the same names.

/** Name, content (text, or elements in order), and attributes. */
export type Element = readonly [
  name: string,
  content: string | readonly Element[],
  attributes?: Readonly<Record<string, string>>,
];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // A parser would convert it to a line feed.
  '\r': '&#xD;',
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: XML cannot hold these, in no way of writing them
const SPECIAL = /[&<>"\r\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/;
const ALL_SPECIAL = new RegExp(SPECIAL, 'g');

function escapeText(text: string): string {
  return SPECIAL.test(text) ? text.replace(ALL_SPECIAL, (character) => ESCAPES[character] ?? '\uFFFD') : text;
}

function attributesXml(attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escapeText(value)}"`)
    .join('');
}

export function toXml(elements: readonly Element[]): string {
  let xml = '';
  for (const [name, content, attributes] of elements) {
    const inner = typeof content === 'string' ? escapeText(content) : toXml(content);
    const tag = attributes === undefined ? name : `${name}${attributesXml(attributes)}`;
    xml += inner === '' ? `<${tag}/>` : `<${tag}>${inner}</${name}>`;
  }
  return xml;
}

/** Elements of one name become a list when there is more than one, as XML-to-JSON converters do. */
export function toJson(content: string | readonly Element[]): unknown {
  if (typeof content === 'string') return content;
  if (content.length === 0) return null;
  const object: Record<string, unknown> = {};
  const byName = Map.groupBy(content, ([name]) => name);
  for (const [name, elements] of byName) {
    const values = elements.map(([, value]) => toJson(value));
    object[name] = values.length === 1 ? values[0] : values;
  }
  return object;
}
