// A parameter of an operation as data: its type and its constraints.

interface Constraints {
  readonly notNull?: boolean;
  readonly min?: number;
  readonly max?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly oneOf?: readonly string[];
  /** For maps: constraints of every key, in AWS's words. */
  readonly keys?: { readonly fits: (key: string) => boolean; readonly text: string };
  /** For maps of lists: constraints of every value, in AWS's words. */
  readonly values?: { readonly fits: (value: unknown) => boolean; readonly text: string };
  /** For lists and maps: the number of elements that are checked. More elements are refused anyway. */
  readonly maxChecked?: number;
  /** The message has the style of AWS's newer front ends: `Value at 'Limit'`. */
  readonly terse?: boolean;
}

export type Shape = Constraints &
  (
    | { readonly kind: 'string' | 'boolean' | 'attributeValue' }
    /** `maxBytes`: a larger map is refused, whatever else it contains. */
    | { readonly kind: 'attributeMap'; readonly maxBytes?: number }
    | { readonly kind: 'number'; readonly java: 'Integer' | 'Long' }
    /** `loose`: AWS's parser has a different message for a wrong type here. */
    | { readonly kind: 'list'; readonly of: Shape; readonly loose?: boolean }
    | { readonly kind: 'map'; readonly of: Shape; readonly java: string }
    | { readonly kind: 'structure'; readonly java: string; readonly members: Members }
  );

export type Members = Readonly<Record<string, Shape>>;
