// Operations on the tags of tables.

import { DynamoDbError, validationError } from '../errors.ts';
import type { DynamoDbState } from '../state.ts';
import type { Table } from '../storage/table.ts';
import { type Members, parseParameters } from '../validation/parse-parameters.ts';
import type { Operation, Operations } from './operation.ts';
import * as parameters from './parameters.ts';
import { checkTagCount, checkTagKey, checkTags, type Tag, tags } from './tag-rules.ts';

const ARN = /^arn:aws:dynamodb:[^:]+:(\d+):table\/[^/]{3,}$/;

/**
 * The table with an ARN.
 * @throws {DynamoDbError} when it is not a table's ARN, names another account, or the table does not exist
 */
function tableByArn(state: DynamoDbState, action: string, arn: string): Table {
  const account = ARN.exec(arn)?.[1];
  if (account === undefined) throw validationError(`Invalid TableArn: Invalid ResourceArn provided as input ${arn}`);
  if (account !== state.accountId) {
    throw new DynamoDbError(
      'AccessDeniedException',
      `User: arn:aws:iam::${state.accountId}:root is not authorized to perform: dynamodb:${action} on resource: ${arn} because no resource-based policy allows the dynamodb:${action} action`,
    );
  }
  const table = state.findTable(arn.slice(arn.indexOf('/') + 1));
  if (table === undefined || table.arn !== arn) {
    throw new DynamoDbError('ResourceNotFoundException', `Requested resource not found: ResourceArn: ${arn} not found`);
  }
  return table;
}

function checkArnIsPresent(arn: unknown): void {
  if (arn === undefined || arn === null) throw validationError('Invalid TableArn');
}

const TAG: Members = { ResourceArn: parameters.text, Tags: { ...tags, notNull: true } };
const UNTAG: Members = {
  ResourceArn: parameters.text,
  TagKeys: { kind: 'list', notNull: true, of: parameters.text },
};
const LIST: Members = { ResourceArn: parameters.text, NextToken: parameters.text };

const tagResource: Operation = (state, input) => {
  checkArnIsPresent(input.ResourceArn);
  const request = parseParameters<{ ResourceArn: string; Tags: readonly Tag[] }>(input, TAG);
  const table = tableByArn(state, 'TagResource', request.ResourceArn);
  if (request.Tags.length === 0) throw validationError('Atleast one Tag needs to be provided as Input.');
  checkTags(request.Tags);
  const tagsAfter = new Map(table.tags);
  for (const { Key, Value } of request.Tags) tagsAfter.set(Key, Value);
  checkTagCount(tagsAfter.size);
  for (const [key, value] of tagsAfter) table.tags.set(key, value);
  return {};
};

const untagResource: Operation = (state, input) => {
  checkArnIsPresent(input.ResourceArn);
  const request = parseParameters<{ ResourceArn: string; TagKeys: readonly string[] }>(input, UNTAG);
  const table = tableByArn(state, 'UntagResource', request.ResourceArn);
  if (request.TagKeys.length === 0) throw validationError('Atleast one Tag Key needs to be provided as Input.');
  checkTagCount(request.TagKeys.length);
  for (const key of request.TagKeys) checkTagKey(key);
  for (const key of request.TagKeys) table.tags.delete(key);
  return {};
};

const listTagsOfResource: Operation = (state, input) => {
  checkArnIsPresent(input.ResourceArn);
  const { ResourceArn: arn } = parseParameters<{ ResourceArn: string }>(input, LIST);
  return { Tags: Array.from(tableByArn(state, 'ListTagsOfResource', arn).tags, ([Key, Value]) => ({ Key, Value })) };
};

export const TAG_OPERATIONS: Operations = {
  TagResource: tagResource,
  UntagResource: untagResource,
  ListTagsOfResource: listTagsOfResource,
};
