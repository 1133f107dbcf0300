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

  writeText(text: string): void {
    this.#text += text;
  }

  writeBytes(bytes: Buffer): void {
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

  writeItem(item: Item): void {
    let separator = '{';
    for (const [name, value] of Object.entries(item)) {
      this.writeText(`${separator}${JSON.stringify(name)}:`);
      if (value instanceof PackedValue) this.writeBytes(value.json);
      else this.writeText(JSON.stringify(value));
      separator = ',';
    }
    this.writeText(separator === '{' ? '{}' : '}');
  }

  writeList<T>(values: readonly T[], write: (value: T) => void): void {
    this.writeText('[');
    values.forEach((value, index) => {
      if (index > 0) this.writeText(',');
      write(value);
    });
    this.writeText(']');
  }

  writeObject(object: Output, write: (name: string, value: unknown) => void): void {
    let separator = '{';
    for (const [name, value] of Object.entries(object)) {
      if (value === undefined) continue;
      this.writeText(`${separator}${JSON.stringify(name)}:`);
      write(name, value);
      separator = ',';
    }
    this.writeText(separator === '{' ? '{}' : '}');
  }

  writeOutput(output: Output): void {
    this.writeObject(output, (name, value) => {
      if (name === 'Items' && Array.isArray(value)) this.writeList(value, (item: Item) => this.writeItem(item));
      else if ((name === 'Item' || name === 'Attributes') && isObject(value)) this.writeItem(value as Item);
      else if (name === 'Responses') this.#writeResponses(value);
      else this.writeText(JSON.stringify(value));
    });
  }

  #writeResponses(value: unknown): void {
    if (Array.isArray(value)) this.writeList(value, (response: Output) => this.writeOutput(response));
    else if (isObject(value)) {
      this.writeObject(value, (_, items) => this.writeList(items as readonly Item[], (item) => this.writeItem(item)));
    }
  }
}

/** A response of the engine as JSON in UTF-8. Packed values are already JSON text, so they are only copied. */
export function jsonOf(output: Output): Buffer {
  const writer = new JsonWriter();
  writer.writeOutput(output);
  return writer.end();
}
