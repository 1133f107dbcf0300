// An attribute value in the JSON protocol.

/** Exactly one member is set. Binary values are base64, numbers are canonical. */
export interface AttributeValue {
  readonly S?: string;
  readonly N?: string;
  readonly B?: string;
  readonly BOOL?: boolean;
  readonly NULL?: boolean;
  readonly SS?: readonly string[];
  readonly NS?: readonly string[];
  readonly BS?: readonly string[];
  readonly L?: readonly AttributeValue[];
  readonly M?: AttributeMap;
}

export type AttributeMap = Readonly<Record<string, AttributeValue>>;
