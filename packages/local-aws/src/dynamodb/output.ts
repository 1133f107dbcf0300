// Converts responses with stored items: into plain objects for callers in this process, or into JSON for clients.

import { isObject, type Output } from './input.ts';
import { PackedValue } from './packed-value.ts';
import { type Item, unpackItem } from './values.ts';

const unpackItems = (items: unknown): unknown =>
  Array.isArray(items) ? items.map((item: Item) => unpackItem(item)) : items;

function unpackResponses(responses: unknown): unknown {
  if (Array.isArray(responses)) {
    return responses.map((response: Output) =>
      isObject(response.Item) ? { ...response, Item: unpackItem(response.Item as Item) } : response,
    );
  }
  if (!isObject(responses)) return responses;
  return Object.fromEntries(Object.entries(responses).map(([name, items]) => [name, unpackItems(items)]));
}

/** The response with its items as plain attribute maps. */
export function unpackOutput(output: Output): Output {
  const { Items, Item: item, Attributes, Responses } = output;
  if (Items !== undefined) return { ...output, Items: unpackItems(Items) };
  if (isObject(item)) return { ...output, Item: unpackItem(item as Item) };
  if (isObject(Attributes)) return { ...output, Attributes: unpackItem(Attributes as Item) };
  return Responses === undefined ? output : { ...output, Responses: unpackResponses(Responses) };
}

/** Writes JSON from text and from bytes. Consecutive pieces of text are joined before they are encoded. */
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
    if (Array.isArray(value)) this.list(value, (response: Output) => this.output(response));
    else if (isObject(value)) {
      this.object(value, (_, items) => this.list(items as readonly Item[], (item) => this.item(item)));
    }
  }
}

/** A response of the engine as JSON in UTF-8. Packed values are already JSON text, so they are only copied. */
export function jsonOf(output: Output): Buffer {
  const writer = new JsonWriter();
  writer.output(output);
  return writer.end();
}
