// AddPermission and RemovePermission: statements of a queue's policy. They are stored and shown, not enforced.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_AddPermission.html

import { invalidValue, missingParameter } from '../errors.ts';
import { type Input, isObject, optionalText, optionalTexts, requiredText } from '../input.ts';
import type { Queue } from '../queue.ts';
import type { SqsState } from '../state.ts';
import type { Operations } from './operation.ts';

const ACTIONS = new Set([
  '*',
  'SendMessage',
  'ReceiveMessage',
  'DeleteMessage',
  'ChangeMessageVisibility',
  'GetQueueAttributes',
  'GetQueueUrl',
  'ListDeadLetterSourceQueues',
  'PurgeQueue',
]);

type Policy = Record<string, unknown> & { Statement: Input[] };

function policyOf(queue: Queue): Policy {
  const stored: unknown = JSON.parse(queue.attributes.get('Policy') || '{}');
  const policy = isObject(stored) && Object.keys(stored).length > 0 ? stored : newPolicy(queue);
  const statements = Array.isArray(policy.Statement) ? policy.Statement : [policy.Statement];
  return { ...policy, Statement: statements.filter(isObject) };
}

function newPolicy(queue: Queue): Input {
  return { Version: '2008-10-17', Id: `${queue.arn}/SQSDefaultPolicy`, Statement: [] };
}

function storePolicy(state: SqsState, queue: Queue, policy: Policy): void {
  const attributes = new Map(queue.attributes);
  if (policy.Statement.length === 0) attributes.delete('Policy');
  else attributes.set('Policy', JSON.stringify(policy));
  queue.setAttributes(attributes, state.now());
}

/** A single value, or a list of several, as AWS writes policies. */
const oneOrMore = (values: readonly string[]): unknown => (values.length === 1 ? values[0] : values);

export const PERMISSION_OPERATIONS: Operations = {
  AddPermission(state, input) {
    const queue = state.queueByUrl(optionalText(input, 'QueueUrl'));
    const label = requiredText(input, 'Label');
    const accounts = optionalTexts(input, 'AWSAccountIds');
    const actions = optionalTexts(input, 'Actions');
    if (accounts.length === 0) throw missingParameter('AWSAccountIds');
    if (actions.length === 0) throw missingParameter('Actions');
    for (const action of actions) {
      if (ACTIONS.has(action)) continue;
      const reason = 'Please refer to the appropriate WSDL for a list of valid actions. ';
      throw invalidValue('ActionName', `SQS:${action}`, reason);
    }
    const policy = policyOf(queue);
    if (policy.Statement.some(({ Sid }) => Sid === label)) throw invalidValue('Label', label, 'Already exists.');
    policy.Statement.push({
      Sid: label,
      Effect: 'Allow',
      Principal: { AWS: oneOrMore(accounts.map((account) => `arn:aws:iam::${account}:root`)) },
      Action: oneOrMore(actions.map((action) => `SQS:${action}`)),
      Resource: queue.arn,
    });
    storePolicy(state, queue, policy);
    return {};
  },

  RemovePermission(state, input) {
    const queue = state.queueByUrl(optionalText(input, 'QueueUrl'));
    const label = requiredText(input, 'Label');
    const policy = policyOf(queue);
    const statements = policy.Statement.filter(({ Sid }) => Sid !== label);
    if (statements.length === policy.Statement.length) throw invalidValue('Label', label, "can't find label.");
    storePolicy(state, queue, { ...policy, Statement: statements });
    return {};
  },
};
