// A parameter of an operation as data: its type and its constraints.
//
// `java` is the name of the type in DynamoDB's error messages, which show the classes of AWS's Java server.

interface Constraints {
  readonly notNull?: boolean;
  readonly min?: number;
  readonly max?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly oneOf?: readonly string[];
  /** For maps: a constraint of every key; `text` is how AWS's message describes it. */
  readonly keys?: { readonly fits: (key: string) => boolean; readonly text: string };
  /** For maps of lists: a constraint of every value. */
  readonly values?: { readonly fits: (value: unknown) => boolean; readonly text: string };
  /** For lists and maps: the number of elements that are checked. The operation refuses more elements anyway. */
  readonly maxChecked?: number;
  /** The message has the style of AWS's newer front ends: `Value at 'Limit'`. */
  readonly terse?: boolean;
}

export type Shape = Constraints &
  (
    | { readonly kind: 'string' | 'boolean' | 'attributeValue' }
    /** `maxBytes`: a larger map is not checked to its end, because the operation refuses it anyway. */
    | { readonly kind: 'attributeMap'; readonly maxBytes?: number }
    | { readonly kind: 'number'; readonly java: 'Integer' | 'Long' }
    /** `loose`: AWS's parser has a different message for a wrong type here. */
    | { readonly kind: 'list'; readonly of: Shape; readonly loose?: boolean }
    | { readonly kind: 'map'; readonly of: Shape; readonly java: string }
    | { readonly kind: 'structure'; readonly java: string; readonly members: Members }
  );

export type Members = Readonly<Record<string, Shape>>;
