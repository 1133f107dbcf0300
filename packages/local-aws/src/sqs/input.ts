// Reads the members of a request. Requests are the JSON objects of the AWS JSON protocol; requests of the Query
// protocol are converted into the same objects before.

import { invalidValue, missingParameter, SqsError } from './errors.ts';

export type Input = Readonly<Record<string, unknown>>;
export type Output = Record<string, unknown>;

export function isObject(value: unknown): value is Input {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrongType(name: string): SqsError {
  return new SqsError('SerializationException', `The parameter ${name} has the wrong type.`);
}

export function optionalText(input: Input, name: string): string | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw wrongType(name);
  return value;
}

/** A required string; an empty one counts as missing, as on AWS. */
export function requiredText(input: Input, name: string): string {
  const value = optionalText(input, name);
  if (value === undefined || value === '') throw missingParameter(name);
  return value;
}

/** An optional whole number within bounds. The Query protocol sends it as text. */
export function optionalInteger(
  input: Input,
  name: string,
  min: number,
  max: number,
  reason = `Must be between ${min} and ${max}, if provided.`,
): number | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number)) throw wrongType(name);
  if (number < min || number > max) {
    throw invalidValue(name, number, reason);
  }
  return number;
}

export function optionalTexts(input: Input, name: string): readonly string[] {
  const value = input[name];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) throw wrongType(name);
  return value;
}

/** An optional map of strings to strings. */
export function optionalTextMap(input: Input, name: string): Readonly<Record<string, string>> | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw wrongType(name);
  const map: Record<string, string> = Object.create(null);
  for (const [key, item] of Object.entries(value)) {
    if (typeof item !== 'string') throw wrongType(`${name}.${key}`);
    map[key] = item;
  }
  return map;
}
