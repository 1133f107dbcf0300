// Converts answers with stored items: into objects for callers in this process, or into JSON for clients.

import { isObject, type Output } from './input.ts';
import { PackedValue } from './packed-value.ts';
import { type Item, openedItem } from './values.ts';

const openItems = (items: unknown): unknown =>
  Array.isArray(items) ? items.map((item: Item) => openedItem(item)) : items;

function openResponses(responses: unknown): unknown {
  if (Array.isArray(responses)) {
    return responses.map((one: Output) => (isObject(one.Item) ? { ...one, Item: openedItem(one.Item as Item) } : one));
  }
  if (!isObject(responses)) return responses;
  return Object.fromEntries(Object.entries(responses).map(([name, items]) => [name, openItems(items)]));
}

/** An answer whose items are plain attribute maps. */
export function openedOutput(output: Output): Output {
  const { Items, Item: item, Attributes, Responses } = output;
  if (Items !== undefined) return { ...output, Items: openItems(Items) };
  if (isObject(item)) return { ...output, Item: openedItem(item as Item) };
  if (isObject(Attributes)) return { ...output, Attributes: openedItem(Attributes as Item) };
  return Responses === undefined ? output : { ...output, Responses: openResponses(Responses) };
}

/** Collects text and bytes. Pieces of text are joined before they are encoded. */
class JsonWriter {
  readonly #chunks: Buffer[] = [];
  #text = '';

  text(text: string): void {
    this.#text += text;
  }

  bytes(bytes: Buffer): void {
    this.#flush();
    this.#chunks.push(bytes);
  }

  #flush(): void {
    if (this.#text === '') return;
    this.#chunks.push(Buffer.from(this.#text));
    this.#text = '';
  }

  end(): Buffer {
    this.#flush();
    const [only] = this.#chunks;
    return this.#chunks.length === 1 && only !== undefined ? only : Buffer.concat(this.#chunks);
  }

  item(item: Item): void {
    let separator = '{';
    for (const [name, value] of Object.entries(item)) {
      this.text(`${separator}${JSON.stringify(name)}:`);
      if (value instanceof PackedValue) this.bytes(value.json);
      else this.text(JSON.stringify(value));
      separator = ',';
    }
    this.text(separator === '{' ? '{}' : '}');
  }

  list<T>(values: readonly T[], write: (value: T) => void): void {
    this.text('[');
    values.forEach((value, index) => {
      if (index > 0) this.text(',');
      write(value);
    });
    this.text(']');
  }

  object(object: Output, write: (name: string, value: unknown) => void): void {
    let separator = '{';
    for (const [name, value] of Object.entries(object)) {
      if (value === undefined) continue;
      this.text(`${separator}${JSON.stringify(name)}:`);
      write(name, value);
      separator = ',';
    }
    this.text(separator === '{' ? '{}' : '}');
  }

  output(output: Output): void {
    this.object(output, (name, value) => {
      if (name === 'Items' && Array.isArray(value)) this.list(value, (item: Item) => this.item(item));
      else if ((name === 'Item' || name === 'Attributes') && isObject(value)) this.item(value as Item);
      else if (name === 'Responses') this.#responses(value);
      else this.text(JSON.stringify(value));
    });
  }

  #responses(value: unknown): void {
    if (Array.isArray(value)) this.list(value, (one: Output) => this.output(one));
    else if (isObject(value)) {
      this.object(value, (_, items) => this.list(items as readonly Item[], (item) => this.item(item)));
    }
  }
}

/** An engine's answer as JSON in UTF-8. Values that are stored as JSON text are copied. */
export function jsonOf(output: Output): Buffer {
  const writer = new JsonWriter();
  writer.output(output);
  return writer.end();
}
