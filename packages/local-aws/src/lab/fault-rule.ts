// A fault rule: its shape, its validation, and the calls that it matches.

import type { Fault, OperationName } from '../faults.ts';
import { isBatchOperation, isServiceOperation, nearestOperation, operationsMatching } from './operation-names.ts';

const FAULTS = ['error', 'throttle', 'reset', 'unprocessed', 'refuse_entries'] as const;
const MOMENTS = ['before', 'after'] as const;
const MEMBERS = ['operation', 'delay_ms', 'fault', 'when', 'status', 'code', 'entries', 'times', 'probability'];

const MAX_DELAY_MS = 60_000;
const MAX_ENTRIES = 25;
const MAX_TIMES = 1_000_000;

/** A rule as users write it, in JSON. It has either `delay_ms` or `fault`. */
export interface FaultRule {
  /** `sqs:SendMessage`, `sqs:Send*`, `s3:*`, or `*` for every call of the three services. */
  readonly operation: string;
  /** 1 to 60,000: the call is late. */
  readonly delay_ms?: number | undefined;
  /**
   * `error`: AWS's own failure (5xx) · `throttle` · `reset`: the connection breaks · `unprocessed`: a part of a
   * DynamoDB batch stays unprocessed · `refuse_entries`: a part of an SQS batch fails
   */
  readonly fault?: (typeof FAULTS)[number] | undefined;
  /** For `error` and `reset`: instead of the effect (`before`, the default), or losing only the answer (`after`). */
  readonly when?: (typeof MOMENTS)[number] | undefined;
  /** For `error`: 400 to 599. */
  readonly status?: number | undefined;
  /** For `error`: AWS's error code. */
  readonly code?: string | undefined;
  /** For `unprocessed` and `refuse_entries`: the number of a batch's last entries, 1 to 25; 1 unless given. */
  readonly entries?: number | undefined;
  /** The number of calls that it strikes; all unless given. */
  readonly times?: number | undefined;
  /** Over 0 to 1; each call unless given. */
  readonly probability?: number | undefined;
}

/** Its message lists every problem of an invalid rule, with examples. */
export class FaultRuleError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FaultRuleError';
  }
}

/** @throws {FaultRuleError} with every problem of every rule */
export function readFaultRules(value: unknown, maxRules: number): FaultRule[] {
  const list = Array.isArray(value) ? value : [value];
  if (list.length > maxRules)
    throw new FaultRuleError(`There is room for ${maxRules} more fault rules, not ${list.length}.`);
  if (list.length === 0) throw new FaultRuleError('There is no fault rule in the list.');
  const problems = list.flatMap((rule, index) => {
    const label = list.length === 1 ? 'The fault rule' : `Fault rule ${index + 1}`;
    return problemsOf(rule).map((problem) => `${label}: ${problem}${problem.endsWith('?') ? '' : '.'}`);
  });
  if (problems.length > 0) throw new FaultRuleError(problems.join(' '));
  return list;
}

function problemsOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return ['is not an object such as {"operation": "sqs:SendMessage", "fault": "reset", "times": 1}'];
  }
  const rule: Readonly<Record<string, unknown>> = { ...value };
  const unknown = Object.keys(rule)
    .filter((name) => !MEMBERS.includes(name))
    .map((name) => `"${excerpt(name)}" is not a member of a rule (${MEMBERS.join(', ')})`);
  return [
    ...unknown,
    ...operationProblems(rule.operation),
    ...rangeProblems(rule),
    ...combinationProblems(rule),
    ...batchProblems(rule),
  ];
}

function operationProblems(operation: unknown): string[] {
  if (operation === undefined) return ['"operation" is missing, for example "dynamodb:UpdateItem" or "s3:*"'];
  if (typeof operation !== 'string') return ['"operation" is not a text'];
  if (operationsMatching(operation).length > 0) return [];
  const nearest = nearestOperation(operation);
  const suggestion = nearest === undefined ? '' : `; did you mean ${nearest}?`;
  return [`"${excerpt(operation)}" names no operation of sqs, dynamodb or s3${suggestion}`];
}

function rangeProblems(rule: Readonly<Record<string, unknown>>): string[] {
  const integerProblems = (name: string, min: number, max: number): string[] => {
    const value = rule[name];
    if (value === undefined) return [];
    const isValid = typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
    return isValid ? [] : [`"${name}" must be a whole number from ${min} to ${max}, not ${excerpt(value)}`];
  };
  const choiceProblems = (name: string, allowed: readonly string[]): string[] => {
    const value = rule[name];
    if (value === undefined || (typeof value === 'string' && allowed.includes(value))) return [];
    return [`"${name}" must be one of ${allowed.join(', ')}, not ${excerpt(value)}`];
  };
  const { probability, code } = rule;
  const isProbability = typeof probability === 'number' && probability > 0 && probability <= 1;
  const isCode = typeof code === 'string' && /^[A-Za-z.]{1,80}$/.test(code);
  return [
    ...integerProblems('delay_ms', 1, MAX_DELAY_MS),
    ...choiceProblems('fault', FAULTS),
    ...choiceProblems('when', MOMENTS),
    ...integerProblems('status', 400, 599),
    ...(code === undefined || isCode ? [] : [`"code" must be letters and dots, not ${excerpt(code)}`]),
    ...integerProblems('entries', 1, MAX_ENTRIES),
    ...integerProblems('times', 1, MAX_TIMES),
    ...(probability === undefined || isProbability
      ? []
      : [`"probability" must be over 0 and at most 1, not ${excerpt(probability)}`]),
  ];
}

/** The faults to which each member belongs. */
const FAULTS_BY_MEMBER: Readonly<Record<string, readonly string[]>> = {
  when: ['error', 'reset'],
  status: ['error'],
  code: ['error'],
  entries: ['unprocessed', 'refuse_entries'],
};

function combinationProblems(rule: Readonly<Record<string, unknown>>): string[] {
  const { delay_ms, fault } = rule;
  if (delay_ms === undefined && fault === undefined)
    return ['neither "delay_ms" nor "fault" is given, so nothing would happen'];
  if (delay_ms !== undefined && fault !== undefined) {
    return ['"delay_ms" and "fault" are two rules: the first delays the call, the second fails it'];
  }
  return Object.entries(FAULTS_BY_MEMBER)
    .filter(([name, faults]) => rule[name] !== undefined && !faults.includes(String(fault)))
    .map(([name, faults]) => `"${name}" belongs to the fault ${faults.join(' or ')}`);
}

/** `unprocessed` and `refuse_entries` need an operation that has batches. */
function batchProblems({ operation, fault }: Readonly<Record<string, unknown>>): string[] {
  if (typeof operation !== 'string' || (fault !== 'unprocessed' && fault !== 'refuse_entries')) return [];
  const operations = operationsMatching(operation);
  const service = fault === 'unprocessed' ? 'dynamodb' : 'sqs';
  if (operations.length === 0 || operations.some((name) => isBatchOperation(name, service))) return [];
  const example = fault === 'unprocessed' ? 'dynamodb:BatchWriteItem' : 'sqs:DeleteMessageBatch';
  return [`"${fault}" needs an operation with batches, for example ${example}`];
}

const excerpt = (value: unknown): string =>
  (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).slice(0, 60);

/** Whether a rule matches calls of this operation. */
export function matchesOperation({ operation, fault }: FaultRule, operationName: OperationName): boolean {
  if (!isServiceOperation(operationName) || !matchesPattern(operation, operationName)) return false;
  if (fault === 'unprocessed') return isBatchOperation(operationName, 'dynamodb');
  return fault !== 'refuse_entries' || isBatchOperation(operationName, 'sqs');
}

const matchesPattern = (pattern: string, name: string): boolean =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;

/** Each service's own answer to an internal failure, and to throttling. */
const SERVICE_FAULTS = {
  sqs: {
    error: { status: 503, code: 'ServiceUnavailable' },
    throttle: { status: 403, code: 'RequestThrottled', message: 'The request was denied due to request throttling.' },
  },
  dynamodb: {
    error: { status: 500, code: 'InternalServerError' },
    throttle: { status: 400, code: 'ThrottlingException', message: 'Throughput exceeds the current capacity.' },
  },
  s3: {
    error: { status: 500, code: 'InternalError' },
    throttle: { status: 503, code: 'SlowDown', message: 'Please reduce your request rate.' },
  },
} as const;

/** The failure of a call that the rule strikes. */
export function faultOf({ fault, status, code }: FaultRule, operation: OperationName): Fault {
  if (fault === 'reset') return 'reset';
  const service = operation.startsWith('sqs:') ? 'sqs' : operation.startsWith('s3:') ? 's3' : 'dynamodb';
  if (fault === 'throttle') return SERVICE_FAULTS[service].throttle;
  const defaultFault = SERVICE_FAULTS[service].error;
  return { status: status ?? defaultFault.status, code: code ?? defaultFault.code };
}
