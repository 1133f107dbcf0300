// Requests and responses as objects of the AWS JSON protocol, and safe access to their members.

export type Input = Readonly<Record<string, unknown>>;
export type Output = Record<string, unknown>;

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Reads an own property of an object whose property names are from a client: one may be `constructor` or `__proto__`.
 */
export function getOwn<T>(object: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Sets a property whose name is from a client. Assigning `__proto__` would change the object's prototype. */
export function setOwn<T>(object: Record<string, T>, name: string, value: T): void {
  if (name === '__proto__') {
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  } else {
    object[name] = value;
  }
}
