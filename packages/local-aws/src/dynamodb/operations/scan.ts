// Scan: reads a whole table or index, or one of its segments.

import { validationError } from '../errors.ts';
import { type ItemPredicate, isConditionMet } from '../expressions/condition.ts';
import { parseCondition } from '../expressions/condition-parser.ts';
import { checkConditions, filterPredicate, type LegacyCondition } from '../expressions/legacy.ts';
import { Scope } from '../expressions/scope.ts';
import { TOKEN_COUNT, tokenOf } from '../storage/collection.ts';
import { checkKeyPaths } from '../validation/check-keys.ts';
import { checkExpressionParameters } from '../validation/expression-parameters.ts';
import { type Members, parseParameters } from '../validation/parse-parameters.ts';
import type { Operation, Operations } from './operation.ts';
import { checkSelect, mustFetchItems, type PageParameters, readPage, sourceOf } from './pages.ts';
import * as parameters from './parameters.ts';
import { selectionOf } from './projections.ts';
import { checkStartKeyValues, startPosition } from './start-key.ts';

interface ScanParameters extends PageParameters {
  readonly ScanFilter?: Readonly<Record<string, LegacyCondition>>;
  readonly Segment?: number;
  readonly TotalSegments?: number;
}

const SCAN: Members = {
  Select: parameters.select,
  IndexName: parameters.indexName,
  TotalSegments: { kind: 'number', java: 'Integer', min: 1, max: 1_000_000 },
  ReturnConsumedCapacity: parameters.returnConsumedCapacity,
  TableName: parameters.itemTableName,
  ConditionalOperator: parameters.conditionalOperator,
  ScanFilter: parameters.legacyConditions,
  Segment: { kind: 'number', java: 'Integer', min: 0, max: 999_999 },
  Limit: { kind: 'number', java: 'Integer', min: 1 },
  AttributesToGet: parameters.attributesToGet,
  ExclusiveStartKey: parameters.attributeMap,
  ConsistentRead: parameters.flag,
  FilterExpression: parameters.text,
  ProjectionExpression: parameters.text,
  ...parameters.placeholders,
};

function checkSegments({ Segment: segment, TotalSegments: total }: ScanParameters): void {
  if (segment !== undefined && total === undefined) {
    throw validationError(
      'The TotalSegments parameter is required but was not present in the request when Segment parameter is present',
    );
  }
  if (total === undefined) return;
  if (segment === undefined) {
    throw validationError(
      'The Segment parameter is required but was not present in the request when parameter TotalSegments is present',
    );
  }
  if (segment >= total) {
    throw validationError(
      `The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: ${segment} is not less than TotalSegments: ${total}`,
    );
  }
}

/** The range of tokens of a segment: from `from` to before `to`. */
function segmentTokens({ Segment: segment = 0, TotalSegments: total = 1 }: ScanParameters): {
  from: number;
  to: number;
} {
  return { from: Math.ceil((TOKEN_COUNT * segment) / total), to: Math.ceil((TOKEN_COUNT * (segment + 1)) / total) };
}

function parseFilter(
  request: ScanParameters,
  scope: Scope,
): {
  predicate: ItemPredicate | undefined;
  nestedAttributes: ReadonlySet<string>;
} {
  const { FilterExpression: expression, ScanFilter: filter } = request;
  if (expression === undefined) {
    return { predicate: filter && filterPredicate(filter, request.ConditionalOperator), nestedAttributes: new Set() };
  }
  const { condition, nestedAttributes } = parseCondition('FilterExpression', expression, scope);
  return { predicate: (item) => isConditionMet(condition, item), nestedAttributes };
}

const scan: Operation = (state, input) => {
  const request = parseParameters<ScanParameters>(input, SCAN);
  checkExpressionParameters(
    request,
    ['ProjectionExpression', 'FilterExpression'],
    ['AttributesToGet', 'ScanFilter', 'ConditionalOperator'],
  );
  checkConditions(request.ScanFilter ?? {});
  checkStartKeyValues(request.ExclusiveStartKey);
  checkSegments(request);
  const scope = new Scope(request);
  const filter = parseFilter(request, scope);
  const selection = selectionOf(request, scope);
  scope.checkAllUsed();
  checkSelect(request, 'Scan');
  const table = state.activeTable(request.TableName);
  const source = sourceOf(table, request, state.now());
  // Called for its error, which comes before those of the start key.
  mustFetchItems(source, request.Select, selection);
  const tokens = segmentTokens(request);
  const countMismatch = source.index === undefined ? 'The provided key element does not match the schema' : undefined;
  const start = request.ExclusiveStartKey && startPosition(source, request.ExclusiveStartKey, countMismatch);
  if (start !== undefined) {
    const token = tokenOf(start.hash);
    if (token < tokens.from || token >= tokens.to) {
      throw validationError(
        `The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. TotalSegments: ${request.TotalSegments} Segment: ${request.Segment}`,
      );
    }
  }
  selection?.check(table);
  checkKeyPaths(table, filter.nestedAttributes);
  const entries = state.readCollection(source, request.ConsistentRead ?? false).scan({ ...tokens, after: start });
  return readPage(state, entries, { source, request, filter: filter.predicate, selection });
};

export const SCAN_OPERATIONS: Operations = { Scan: scan };
