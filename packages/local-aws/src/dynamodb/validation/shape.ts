// Describes a parameter of an operation as data: its type and its constraints.
//
// `java` is the name of its type in error messages, which show the classes of AWS's Java server.

interface Constraints {
  readonly notNull?: boolean;
  readonly min?: number;
  readonly max?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly oneOf?: readonly string[];
  /** For maps: a constraint of every key; AWS's message contains the description. */
  readonly keys?: { readonly isValid: (key: string) => boolean; readonly description: string };
  /** For maps of lists: a constraint of every value. */
  readonly values?: { readonly isValid: (value: unknown) => boolean; readonly description: string };
  /** For lists and maps: only this many elements are checked and kept, because the operation refuses more anyway. */
  readonly maxChecked?: number;
  /** The message has the style of AWS's newer front ends: `Value at 'Limit'`. */
  readonly terse?: boolean;
}

export type Shape = Constraints &
  (
    | { readonly kind: 'string' | 'boolean' | 'attributeValue' }
    /** `maxBytes`: the check stops at this size, because the operation refuses a larger map in any case. */
    | { readonly kind: 'attributeMap'; readonly maxBytes?: number }
    | { readonly kind: 'number'; readonly java: 'Integer' | 'Long' }
    /** `loose`: AWS's parser fails with an internal error of Java when the value is not a list or an object. */
    | { readonly kind: 'list'; readonly of: Shape; readonly loose?: boolean }
    | { readonly kind: 'map'; readonly of: Shape; readonly java: string }
    | { readonly kind: 'structure'; readonly java: string; readonly members: Members }
  );

export type Members = Readonly<Record<string, Shape>>;
