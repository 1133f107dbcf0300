// Parses the small XML documents of S3's requests. It is safe for hostile documents: no document types, no entities
// except XML's own, limits of depth and of the number of elements.

/** An element with either text or children; attributes and namespaces are ignored. */
export interface XmlElement {
  readonly name: string;
  readonly text: string;
  readonly children: readonly XmlElement[];
}

/** No document of S3 is deeper. */
const MAX_DEPTH = 16;
/** Completing an upload of 10,000 parts takes some 30,000. */
const MAX_ELEMENTS = 100_000;

/** In the order in which they are replaced: ampersands last. */
const ENTITIES: readonly (readonly [string, string])[] = [
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&apos;', "'"],
  ['&amp;', '&'],
];
const UNKNOWN_ENTITY = /&(?!(?:lt|gt|quot|apos|amp|#\d{1,7}|#x[0-9a-fA-F]{1,6});)/;
/** The limit of numeric character references, which are rare: only control characters in keys need them. */
const MAX_NUMERIC_REFERENCES = 20_000;

/** A document that is not valid XML. */
export class XmlError extends Error {}

interface OpenElement {
  readonly name: string;
  text: string;
  children: XmlElement[];
}

/** Most elements have no children. */
const NO_CHILDREN: XmlElement[] = [];

function characterOf(reference: string): string {
  const code = reference[2] === 'x' ? Number.parseInt(reference.slice(3), 16) : Number.parseInt(reference.slice(2), 10);
  if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
    throw new XmlError(`no character ${reference}`);
  return String.fromCodePoint(code);
}

const PLAIN_NAME = /^[A-Za-z]+$/;
const NAME = /^([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)/;

/** A reader of one document. */
class Reader {
  readonly #source: string;
  readonly #openElements: OpenElement[] = [];
  #root: XmlElement | undefined;
  #position = 0;
  #elementCount = 0;
  #numericReferences = 0;

  constructor(source: string) {
    this.#source = source;
  }

  read(): XmlElement {
    while (this.#position < this.#source.length) this.#readNext();
    if (this.#root === undefined || this.#openElements.length > 0) throw new XmlError('elements are not closed');
    return this.#root;
  }

  #readNext(): void {
    const tag = this.#source.indexOf('<', this.#position);
    this.#addText(this.#decode(this.#source.slice(this.#position, tag === -1 ? undefined : tag)));
    if (tag === -1) this.#position = this.#source.length;
    else if (this.#source.startsWith('<!--', tag)) this.#skip(tag, '-->');
    else if (this.#source.startsWith('<?', tag)) this.#skip(tag, '?>');
    else if (this.#source.startsWith('<![CDATA[', tag)) this.#readCdata(tag + 9);
    else this.#readTag(tag + 1);
  }

  #decode(text: string): string {
    if (!text.includes('&')) return text;
    if (UNKNOWN_ENTITY.test(text)) throw new XmlError('an unknown entity');
    let decoded = text;
    if (text.includes('&#')) {
      decoded = text.replace(/&#[^;]+;/g, (reference) => {
        this.#numericReferences += 1;
        if (this.#numericReferences > MAX_NUMERIC_REFERENCES) throw new XmlError('too many characters by number');
        const character = characterOf(reference);
        return character === '&' ? '&amp;' : character;
      });
    }
    for (const [entity, character] of ENTITIES) decoded = decoded.replaceAll(entity, character);
    return decoded;
  }

  /** @returns the position of `end`. @throws {XmlError} when it is missing */
  #find(end: string, from: number): number {
    const position = this.#source.indexOf(end, from);
    if (position === -1) throw new XmlError(`${end} is missing`);
    return position;
  }

  #skip(from: number, end: string): void {
    this.#position = this.#find(end, from) + end.length;
  }

  #readCdata(from: number): void {
    const end = this.#find(']]>', from);
    this.#addText(this.#source.slice(from, end));
    this.#position = end + 3;
  }

  #addText(text: string): void {
    const current = this.#openElements.at(-1);
    if (current !== undefined) current.text += text;
    // A byte order mark counts as white space.
    else if (text.trim() !== '') throw new XmlError('text outside of the root element');
  }

  #readTag(from: number): void {
    const end = this.#find('>', from);
    this.#position = end + 1;
    const tag = this.#source.slice(from, end);
    if (tag.startsWith('/')) {
      this.#close(nameOf(tag.slice(1)));
      return;
    }
    const name = nameOf(tag);
    this.#elementCount += 1;
    if (this.#openElements.length === MAX_DEPTH || this.#elementCount > MAX_ELEMENTS)
      throw new XmlError('too deep or too many');
    if (this.#root !== undefined) throw new XmlError('a second root element');
    this.#openElements.push({ name, text: '', children: NO_CHILDREN });
    if (tag.endsWith('/')) this.#close(name);
  }

  #close(name: string): void {
    const element = this.#openElements.pop();
    if (element?.name !== name) throw new XmlError(`</${name}> closes nothing`);
    const parent = this.#openElements.at(-1);
    if (parent === undefined) this.#root = element;
    else if (parent.children === NO_CHILDREN) parent.children = [element];
    else parent.children.push(element);
  }
}

function nameOf(tag: string): string {
  if (PLAIN_NAME.test(tag)) return tag;
  const name = NAME.exec(tag)?.[2];
  if (name === undefined) throw new XmlError('a tag without a name');
  return name;
}

/** @throws {XmlError} */
export function readXml(source: string): XmlElement {
  return new Reader(source).read();
}
