// Parses the parameters of an operation by their shapes: checks their types, as the JSON protocol requires, and then
// their constraints, whose violations AWS reports together ("2 validation errors detected: …").

import { serializationError, validationError } from '../errors.ts';
import { getOwn, type Input, isObject } from '../input.ts';
import {
  type CheckedMap,
  checkAttributeMap,
  checkAttributeValue,
  checkBoolean,
  checkList,
  checkMap,
  checkText,
} from './check-values.ts';
import { javaText, lowerFirst } from './java-text.ts';
import type { Members, Shape } from './shape.ts';

export type { Members, Shape };

/** The message of AWS's parser, a Java program, when a value is not the `loose` list (see shape.ts) that it must be. */
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
    const member = getOwn(value, name);
    const shape = members[name];
    if (member !== null && member !== undefined && shape !== undefined) converted[name] = convert(member, shape);
  }
  return converted;
}

/** The number of elements that are checked of a list or map without `maxChecked`: more than a valid one has. */
const DEFAULT_MAX_CHECKED = 10_000;

/** Checks the JSON type of a parameter. Leaves out members that are null or that its shape does not have. */
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

/** The largest number of violations that AWS reports at once. */
const MAX_VIOLATIONS = 10;

class Violations {
  readonly texts: string[] = [];

  checkMembers(values: Input, members: Members, parent: string): void {
    for (const name in members) {
      const shape = members[name];
      if (shape !== undefined) this.checkMember(getOwn(values, name), shape, name, parent);
    }
  }

  checkMember(value: unknown, shape: Shape, name: string, parent: string): void {
    if (this.texts.length >= MAX_VIOLATIONS) return;
    // AWS's newer front ends write the member's own name, and not its value.
    const path = shape.terse ? `${parent}${name}` : `${parent}${lowerFirst(name)}`;
    if (value === undefined || value === null) {
      if (shape.notNull)
        this.texts.push(`Value null at '${path}' failed to satisfy constraint: Member must not be null`);
      return;
    }
    for (const constraint of violatedConstraints(value, shape)) {
      const subject = shape.terse ? 'Value' : `Value '${javaText(value, shape)}'`;
      this.texts.push(`${subject} at '${path}' failed to satisfy constraint: ${constraint}`);
    }
    this.#checkChildren(value, shape, path);
  }

  /** Checks the elements of a list, or the members of a map or structure. */
  #checkChildren(value: unknown, shape: Shape, path: string): void {
    if (shape.kind === 'list' && Array.isArray(value)) {
      const elementShape = { ...shape.of, notNull: true };
      value.forEach((element, index) => {
        this.checkMember(element, elementShape, 'member', `${path}.${index + 1}.`);
      });
    } else if (shape.kind === 'map' && isObject(value)) {
      for (const [key, member] of Object.entries(value))
        this.checkMember(member, shape.of, 'member', `${path}.${key}.`);
    } else if (shape.kind === 'structure' && isObject(value)) {
      this.checkMembers(value, shape.members, `${path}.`);
    }
  }
}

function lengthOf(value: unknown, shape: Shape): number {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  if (shape.kind === 'attributeMap') return Object.keys((value as CheckedMap).values).length;
  return isObject(value) ? Object.keys(value).length : 0;
}

/** AWS's texts about the constraints that a value violates. */
function* violatedConstraints(value: unknown, shape: Shape): Generator<string> {
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
  if (keys !== undefined && isObject(value) && !Object.keys(value).every(keys.isValid)) {
    yield `Map keys must satisfy constraint: [${keys.description}]`;
  }
  if (values !== undefined && isObject(value) && !Object.values(value).every(values.isValid)) {
    yield `Map value must satisfy constraint: [${values.description}]`;
  }
}

/**
 * The request's parameters, checked. Unknown ones are left out.
 * @throws {DynamoDbError} `SerializationException`, or `ValidationException` with all violations
 */
export function parseParameters<Request>(input: Input, members: Members): Request {
  const converted = convertMembers(input, members);
  const violations = new Violations();
  violations.checkMembers(converted, members, '');
  const { texts } = violations;
  if (texts.length > 0) {
    throw validationError(
      `${texts.length} validation error${texts.length > 1 ? 's' : ''} detected: ${texts.join('; ')}`,
    );
  }
  // The caller declares `Request` beside the shapes, with the same structure.
  return converted as Request;
}
