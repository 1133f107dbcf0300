// Reads the small XML documents that S3 takes, in one pass and without trust: no document types, no entities but XML's
// own, a bounded depth.

/** An element with either text or children; attributes and namespaces do not count. */
export interface XmlElement {
  readonly name: string;
  readonly text: string;
  readonly children: readonly XmlElement[];
}

/** Nothing that S3 takes is deeper. */
const MAX_DEPTH = 16;
/** Completing an upload of 10,000 parts takes some 30,000. */
const MAX_ELEMENTS = 100_000;

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** What cannot be read as XML. */
export class XmlError extends Error {}

interface Open {
  readonly name: string;
  text: string;
  readonly children: XmlElement[];
}

function decodeEntity(whole: string, name: string): string {
  if (name.startsWith('#')) {
    const code = name[1] === 'x' ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
    if (Number.isInteger(code) && code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)) {
      return String.fromCodePoint(code);
    }
  }
  const character = Object.hasOwn(ENTITIES, name) ? ENTITIES[name] : undefined;
  if (character === undefined) throw new XmlError(`unknown entity ${whole}`);
  return character;
}

function decodeText(text: string): string {
  return text.includes('&') ? text.replace(/&([^;&]{1,10});?/g, decodeEntity) : text;
}

const NAME = /^([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)/;

/** A reader of one document. */
class Reader {
  readonly #source: string;
  readonly #open: Open[] = [];
  #root: XmlElement | undefined;
  #at = 0;
  #elements = 0;

  constructor(source: string) {
    this.#source = source;
  }

  read(): XmlElement {
    while (this.#at < this.#source.length) this.#step();
    if (this.#root === undefined || this.#open.length > 0) throw new XmlError('elements are not closed');
    return this.#root;
  }

  #step(): void {
    const tag = this.#source.indexOf('<', this.#at);
    this.#addText(decodeText(this.#source.slice(this.#at, tag === -1 ? undefined : tag)));
    if (tag === -1) this.#at = this.#source.length;
    else if (this.#source.startsWith('<!--', tag)) this.#skip(tag, '-->');
    else if (this.#source.startsWith('<?', tag)) this.#skip(tag, '?>');
    else if (this.#source.startsWith('<![CDATA[', tag)) this.#cdata(tag + 9);
    else this.#tag(tag + 1);
  }

  /** @returns where `end` is. @throws {XmlError} when it is missing */
  #find(end: string, from: number): number {
    const at = this.#source.indexOf(end, from);
    if (at === -1) throw new XmlError(`${end} is missing`);
    return at;
  }

  #skip(from: number, end: string): void {
    this.#at = this.#find(end, from) + end.length;
  }

  #cdata(from: number): void {
    const end = this.#find(']]>', from);
    this.#addText(this.#source.slice(from, end));
    this.#at = end + 3;
  }

  #addText(text: string): void {
    const current = this.#open.at(-1);
    if (current !== undefined) current.text += text;
    else if (text.trim() !== '' && text !== '\uFEFF') throw new XmlError('text outside of the root element');
  }

  #tag(from: number): void {
    const end = this.#find('>', from);
    this.#at = end + 1;
    const tag = this.#source.slice(from, end);
    if (tag.startsWith('/')) {
      this.#close(nameOf(tag.slice(1)));
      return;
    }
    const name = nameOf(tag);
    this.#elements += 1;
    if (this.#open.length === MAX_DEPTH || this.#elements > MAX_ELEMENTS) throw new XmlError('too deep or too many');
    if (this.#root !== undefined) throw new XmlError('a second root element');
    this.#open.push({ name, text: '', children: [] });
    if (tag.endsWith('/')) this.#close(name);
  }

  #close(name: string): void {
    const element = this.#open.pop();
    if (element?.name !== name) throw new XmlError(`</${name}> closes nothing`);
    const parent = this.#open.at(-1);
    if (parent === undefined) this.#root = element;
    else parent.children.push(element);
  }
}

function nameOf(tag: string): string {
  const name = NAME.exec(tag)?.[2];
  if (name === undefined) throw new XmlError('a tag without a name');
  return name;
}

/** @throws {XmlError} */
export function readXml(source: string): XmlElement {
  return new Reader(source).read();
}
