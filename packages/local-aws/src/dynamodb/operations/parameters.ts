// Parameters that several operations share, as data. The order of members is the order in which AWS reports violations.

import { COMPARISON_OPERATORS } from '../expressions/legacy.ts';
import type { Members, Shape } from '../validation/parse-parameters.ts';

const NAME_PATTERN = '[a-zA-Z0-9_.-]+';

export const text: Shape = { kind: 'string' };
export const flag: Shape = { kind: 'boolean' };
export const attributeMap: Shape = { kind: 'attributeMap' };
/** An item or a key. */
export const requiredAttributeMap: Shape = { kind: 'attributeMap', notNull: true, maxBytes: 400 * 1024 };
export const oneOf = (...values: string[]): Shape => ({ kind: 'string', oneOf: values });

/** The table's name in operations on items. */
export const itemTableName: Shape = {
  kind: 'string',
  notNull: true,
  minLength: 1,
  maxLength: 255,
  pattern: NAME_PATTERN,
};
/** The table's name in operations on tables. */
export const tableName: Shape = {
  kind: 'string',
  notNull: true,
  minLength: 3,
  maxLength: 255,
  pattern: NAME_PATTERN,
};
export const indexName: Shape = { kind: 'string', minLength: 3, maxLength: 255, pattern: NAME_PATTERN };

export const returnConsumedCapacity = oneOf('INDEXES', 'TOTAL', 'NONE');
export const returnItemCollectionMetrics = oneOf('SIZE', 'NONE');
export const returnValues = oneOf('ALL_NEW', 'UPDATED_OLD', 'ALL_OLD', 'NONE', 'UPDATED_NEW');
export const returnValuesOnFailure = oneOf('ALL_OLD', 'NONE');
export const select = oneOf('SPECIFIC_ATTRIBUTES', 'COUNT', 'ALL_ATTRIBUTES', 'ALL_PROJECTED_ATTRIBUTES');
export const conditionalOperator = oneOf('OR', 'AND');

const valueList: Shape = { kind: 'list', of: { kind: 'attributeValue' } };

export const expected: Shape = {
  kind: 'map',
  java: 'ExpectedAttributeValue',
  of: {
    kind: 'structure',
    java: 'ExpectedAttributeValue',
    members: {
      AttributeValueList: valueList,
      ComparisonOperator: oneOf(...COMPARISON_OPERATORS),
      Exists: flag,
      Value: { kind: 'attributeValue' },
    },
  },
};

export const legacyConditions: Shape = {
  kind: 'map',
  java: 'Condition',
  of: {
    kind: 'structure',
    java: 'Condition',
    members: {
      AttributeValueList: valueList,
      ComparisonOperator: { ...oneOf(...COMPARISON_OPERATORS), notNull: true },
    },
  },
};

export const attributesToGet: Shape = { kind: 'list', of: text, minLength: 1, maxLength: 255, maxChecked: 256 };

export const names: Shape = { kind: 'map', java: 'java.lang.String', of: text };

export const placeholders: Members = {
  ExpressionAttributeValues: attributeMap,
  ExpressionAttributeNames: names,
};
