// Reads the members of a request, which are those of the SDK's inputs: `{ Bucket, Key, Body, … }`.

import { invalidArgument, S3Error } from './errors.ts';

export type Input = Readonly<Record<string, unknown>>;
export type Output = Record<string, unknown>;

export function isObject(value: unknown): value is Input {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function wrongType(name: string): S3Error {
  return invalidArgument(`The member ${name} has the wrong type.`, name);
}

export function optionalText(input: Input, name: string): string | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw wrongType(name);
  return value;
}

/** A required string. */
export function requiredText(input: Input, name: string): string {
  const value = optionalText(input, name);
  if (value === undefined || value === '') {
    throw invalidArgument(`The request must contain the member ${name}.`, name);
  }
  return value;
}

export function optionalInteger(input: Input, name: string): number | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw wrongType(name);
  return value;
}

export function optionalBoolean(input: Input, name: string): boolean | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'boolean') throw wrongType(name);
  return value;
}

/** Milliseconds since the epoch of a `Date`. */
export function optionalTime(input: Input, name: string): number | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (!(value instanceof Date)) throw wrongType(name);
  return value.getTime();
}

export function optionalList(input: Input, name: string): readonly Input[] | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || !value.every(isObject)) throw wrongType(name);
  return value;
}

export function optionalTexts(input: Input, name: string): readonly string[] {
  const value = input[name];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) throw wrongType(name);
  return value;
}

/** A required structure, such as the body of a request. */
export function requiredStructure(input: Input, name: string): Input {
  const value = input[name];
  if (!isObject(value)) throw new S3Error('MalformedXML');
  return value;
}

export function optionalTextMap(input: Input, name: string): Readonly<Record<string, string>> {
  const value = input[name];
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw wrongType(name);
  const map: Record<string, string> = Object.create(null);
  for (const [key, item] of Object.entries(value)) {
    if (typeof item !== 'string') throw wrongType(`${name}.${key}`);
    map[key] = item;
  }
  return map;
}
