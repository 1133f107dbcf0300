// An attribute value as it goes over HTTP.

/** A value as the JSON protocol has it: exactly one member. Binary is base64, numbers are canonical. */
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
