// Lifecycle rules as AWS accepts them.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html

import { invalidArgument, invalidRequest, S3Error } from './errors.ts';
import { type Input, isObject, optionalInteger, optionalList, optionalText, optionalTime } from './input.ts';

const MAX_RULES = 1000;
const MAX_ID_LENGTH = 255;
const DAY_MS = 86_400_000;
const ACTIONS = [
  'Expiration',
  'Transitions',
  'NoncurrentVersionExpiration',
  'NoncurrentVersionTransitions',
  'AbortIncompleteMultipartUpload',
];

const malformed = (): S3Error => new S3Error('MalformedXML');

function child(rule: Input, name: string): Input | undefined {
  const value = rule[name];
  if (value === undefined) return undefined;
  if (!isObject(value)) throw malformed();
  return value;
}

function checkFilter(filter: Input | undefined): void {
  if (filter === undefined) return;
  if (Object.keys(filter).length > 1) throw malformed();
  const and = child(filter, 'And');
  const keys = (optionalList(and ?? {}, 'Tags') ?? []).map((tag) => optionalText(tag, 'Key'));
  if (new Set(keys).size !== keys.length) throw invalidRequest('Duplicate Tag Keys are not allowed.');
}

function checkExpiration(expiration: Input | undefined): void {
  if (expiration === undefined) return;
  const members = Object.keys(expiration);
  if (members.length !== 1) throw malformed();
  const date = optionalTime(expiration, 'Date');
  if (date !== undefined && date % DAY_MS !== 0)
    throw invalidArgument("'Date' must be at midnight GMT", 'Date', new Date(date).toISOString());
  const days = optionalInteger(expiration, 'Days');
  if (days !== undefined && days < 1) {
    throw invalidArgument("'Days' for Expiration action must be a positive integer", 'Days', days);
  }
}

function checkRule(rule: Input, newId: () => string): Input {
  const id = optionalText(rule, 'ID');
  if (id !== undefined && id.length > MAX_ID_LENGTH) {
    throw invalidArgument('ID length should not exceed allowed limit of 255', 'ID', id);
  }
  const status = optionalText(rule, 'Status');
  if (status !== 'Enabled' && status !== 'Disabled') throw malformed();
  // A rule selects its objects either by a filter or, in the older form, by a prefix.
  if ((rule.Filter === undefined) === (rule.Prefix === undefined)) throw malformed();
  checkFilter(child(rule, 'Filter'));
  checkExpiration(child(rule, 'Expiration'));
  const noncurrent = child(rule, 'NoncurrentVersionExpiration');
  if (noncurrent !== undefined && noncurrent.NoncurrentDays === undefined) throw malformed();
  if (!ACTIONS.some((action) => rule[action] !== undefined)) {
    throw invalidRequest('At least one action needs to be specified in a rule');
  }
  const abort = child(rule, 'AbortIncompleteMultipartUpload');
  if (abort !== undefined && (optionalInteger(abort, 'DaysAfterInitiation') ?? 0) < 1) {
    throw invalidArgument(
      "'DaysAfterInitiation' for AbortIncompleteMultipartUpload action must be a positive integer",
      'DaysAfterInitiation',
    );
  }
  return id === undefined || id === '' ? { ...rule, ID: newId() } : rule;
}

/**
 * @param newId creates ids for rules without one
 * @throws {S3Error} `MalformedXML`, `InvalidArgument`, `InvalidRequest`
 */
export function checkedRules(rules: readonly Input[], newId: () => string): readonly Input[] {
  if (rules.length === 0 || rules.length > MAX_RULES) throw malformed();
  const checked = rules.map((rule) => checkRule(rule, newId));
  const ids = checked.map((rule) => rule.ID);
  if (new Set(ids).size !== ids.length) {
    throw invalidArgument('Rule ID must be unique. Found same ID for more than one rule', 'ID');
  }
  return checked;
}
