// The parameters of an operation: their types (what the JSON protocol refuses) and constraints (what AWS counts as
// "validation errors detected"), as data.

import { serializationError, validationError } from '../errors.ts';
import { type Input, isObject, own } from '../input.ts';
import {
  type CheckedMap,
  checkAttributeMap,
  checkAttributeValue,
  checkBoolean,
  checkList,
  checkMap,
  checkText,
} from './check-values.ts';
import { javaText } from './java-text.ts';
import type { Members, Shape } from './shape.ts';

export type { Members, Shape };

/** The answer of AWS's parser, a Java program, to a wrong type in a `loose` list. */
const PARAMETERIZED_TYPE_ERROR =
  "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class java.lang.Class (sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and java.lang.Class are in module java.base of loader 'bootstrap')";

function convertNumber(value: unknown, java: string): number {
  if (typeof value === 'number') return Math.floor(value);
  if (typeof value === 'string') throw serializationError(`STRING_VALUE cannot be converted to ${java}`);
  if (Array.isArray(value)) throw serializationError(`Unrecognized collection type class java.lang.${java}`);
  if (typeof value === 'object') throw serializationError('Start of structure or map found where not expected');
  throw serializationError(`${value === true ? 'TRUE_VALUE' : 'FALSE_VALUE'} cannot be converted to ${java}`);
}

function convertStructure(value: unknown, java: string, members: Members): Input {
  if (Array.isArray(value)) {
    throw serializationError(`Unrecognized collection type class com.amazonaws.dynamodb.v20120810.${java}`);
  }
  if (!isObject(value)) throw serializationError('Unexpected field type');
  return convertMembers(value, members);
}

function convertMembers(value: Input, members: Members): Input {
  const converted: Record<string, unknown> = {};
  for (const name in members) {
    const member = own(value, name);
    const shape = members[name];
    if (member !== null && member !== undefined && shape !== undefined) converted[name] = convert(member, shape);
  }
  return converted;
}

/** How many elements of a list or map without `maxChecked` are checked: more than a valid one has. */
const DEFAULT_MAX_CHECKED = 10_000;

/** Checks the JSON type of a parameter; members that its shape does not have are left out, and members that are null. */
function convert(value: unknown, shape: Shape): unknown {
  switch (shape.kind) {
    case 'string':
      return checkText(value);
    case 'boolean':
      return checkBoolean(value);
    case 'number':
      return convertNumber(value, shape.java);
    case 'attributeMap':
      return checkAttributeMap(value, shape.maxBytes);
    case 'attributeValue':
      return { value, problem: checkAttributeValue(value) };
    case 'list':
      if (shape.loose && typeof value !== 'object') throw serializationError(PARAMETERIZED_TYPE_ERROR);
      return checkList(value)
        .slice(0, shape.maxChecked ?? DEFAULT_MAX_CHECKED)
        .map((element) => (element === null || element === undefined ? element : convert(element, shape.of)));
    case 'map': {
      const map = checkMap(value, shape.java);
      const entries: [string, unknown][] = [];
      for (const key in map) {
        if (entries.length >= (shape.maxChecked ?? DEFAULT_MAX_CHECKED)) break;
        if (map[key] !== null) entries.push([key, convert(map[key], shape.of)]);
      }
      return Object.fromEntries(entries);
    }
    case 'structure':
      return convertStructure(value, shape.java, shape.members);
  }
}

/** The largest number of problems that AWS reports at once. */
const MAX_VIOLATIONS = 10;

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

class Violations {
  readonly texts: string[] = [];

  members(values: Input, members: Members, parent: string): void {
    for (const name in members) {
      const shape = members[name];
      if (shape !== undefined) this.member(own(values, name), shape, name, parent);
    }
  }

  member(value: unknown, shape: Shape, name: string, parent: string): void {
    if (this.texts.length >= MAX_VIOLATIONS) return;
    const path = shape.terse ? `${parent}${name}` : `${parent}${lowerFirst(name)}`;
    if (value === undefined || value === null) {
      if (shape.notNull)
        this.texts.push(`Value null at '${path}' failed to satisfy constraint: Member must not be null`);
      return;
    }
    for (const constraint of brokenConstraints(value, shape)) {
      const subject = shape.terse ? 'Value' : `Value '${javaText(value, shape)}'`;
      this.texts.push(`${subject} at '${path}' failed to satisfy constraint: ${constraint}`);
    }
    this.#nested(value, shape, path);
  }

  /** Checks the elements of a list, or the members of a map or structure. */
  #nested(value: unknown, shape: Shape, path: string): void {
    if (shape.kind === 'list' && Array.isArray(value)) {
      const elementShape = { ...shape.of, notNull: true };
      value.forEach((element, index) => {
        this.member(element, elementShape, 'member', `${path}.${index + 1}.`);
      });
    } else if (shape.kind === 'map' && isObject(value)) {
      for (const [key, member] of Object.entries(value)) this.member(member, shape.of, 'member', `${path}.${key}.`);
    } else if (shape.kind === 'structure' && isObject(value)) {
      this.members(value, shape.members, `${path}.`);
    }
  }
}

function lengthOf(value: unknown, shape: Shape): number {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  if (shape.kind === 'attributeMap') return Object.keys((value as CheckedMap).values).length;
  return isObject(value) ? Object.keys(value).length : 0;
}

function* brokenConstraints(value: unknown, shape: Shape): Generator<string> {
  const { min, max, minLength, maxLength, pattern, oneOf, keys, values } = shape;
  if (oneOf !== undefined && !oneOf.includes(String(value))) {
    yield `Member must satisfy enum value set: [${oneOf.join(', ')}]`;
  }
  if (min !== undefined && Number(value) < min) yield `Member must have value greater than or equal to ${min}`;
  if (max !== undefined && Number(value) > max) yield `Member must have value less than or equal to ${max}`;
  if (minLength !== undefined && lengthOf(value, shape) < minLength) {
    yield `Member must have length greater than or equal to ${minLength}`;
    return;
  }
  if (maxLength !== undefined && lengthOf(value, shape) > maxLength) {
    yield `Member must have length less than or equal to ${maxLength}`;
  }
  if (pattern !== undefined && !new RegExp(`^(?:${pattern})$`).test(String(value))) {
    yield `Member must satisfy regular expression pattern: ${pattern}`;
  }
  if (keys !== undefined && isObject(value) && !Object.keys(value).every(keys.fits)) {
    yield `Map keys must satisfy constraint: [${keys.text}]`;
  }
  if (values !== undefined && isObject(value) && !Object.values(value).every(values.fits)) {
    yield `Map value must satisfy constraint: [${values.text}]`;
  }
}

/**
 * A request's checked parameters; unknown ones are left out.
 * @throws {DynamoDbError} `SerializationException`, or `ValidationException` with all violations
 */
export function readParameters<Request>(input: Input, members: Members): Request {
  const converted = convertMembers(input, members);
  const violations = new Violations();
  violations.members(converted, members, '');
  const { texts } = violations;
  if (texts.length > 0) {
    throw validationError(
      `${texts.length} validation error${texts.length > 1 ? 's' : ''} detected: ${texts.join('; ')}`,
    );
  }
  // The shape describes the same structure as the request type: both are declared next to each other.
  return converted as Request;
}
