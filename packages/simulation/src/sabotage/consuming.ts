// Sabotages of the consumer: how it checks, deletes and dead-letters messages.
import type { Sabotage } from './sabotage.ts';

const HANDLER = 'services/consumer/src/handler.ts';
const GROUPING = 'services/consumer/src/grouping.ts';
const MESSAGE = 'packages/schema/src/message.ts';

export const CONSUMER_SABOTAGES: readonly Sabotage[] = [
  {
    name: 'delete before store',
    about: 'A message is deleted before its movies are stored: a crash between the two loses them.',
    patches: [
      { file: HANDLER, in: '#store', at: { call: 'jobs.store' }, before: 'await this.#delete(valid, extension);' },
    ],
  },
  {
    name: 'delete what could not be stored',
    about: 'Messages whose movies could not be stored are deleted instead of released.',
    patches: [
      {
        file: HANDLER,
        in: '#storeOrRelease',
        at: { call: 'this.#release' },
        instead: 'this.#delete(messages, this.#heartbeat.extend([]))',
      },
    ],
  },
  {
    name: 'dead-letter a transient error',
    about: 'Valid messages go to the dead-letter queue because AWS was unreachable for a moment.',
    patches: [
      {
        file: HANDLER,
        in: '#storeOrRelease',
        at: { call: 'this.#release' },
        insteadOfStatement: `
          const refused = messages.map((message) => ({ message, reason: 'wrong_shape', detail: 'not stored' }));
          await this.#refuse(refused, this.#heartbeat.extend(messages));`,
      },
    ],
  },
  {
    name: 'delete before dead-lettering',
    about:
      'A message that cannot succeed is deleted before it is in the dead-letter queue: a crash between the two loses it.',
    patches: [
      {
        file: HANDLER,
        in: '#refuse',
        at: { call: 'this.#deadLetter' },
        before: 'await this.#delete(refused.map(({ message }) => message), extension);',
      },
    ],
  },
  {
    name: 'the first message alone checked against the plan',
    about: 'Only the first message of a group is checked: forged messages after it are stored.',
    patches: [
      {
        file: GROUPING,
        in: 'checkGroup',
        at: { call: 'checkLoadMessage' },
        instead: (call) =>
          `firstValid !== undefined && message.body.startsWith('{"job_id"') && message.body.endsWith('}')
            ? { ok: true, message: JSON.parse(message.body) }
            : ${call}`,
      },
    ],
  },
  {
    name: 'the message group is not compared with the body',
    about: 'A message is stored in the group that its body names, whatever group it was sent to.',
    patches: [
      { file: MESSAGE, in: 'checkAgainstPlan', at: { text: 'group_mismatch' }, insteadOfStatement: '' },
      {
        file: GROUPING,
        in: 'checkGroup',
        at: { call: 'valid.push' },
        before:
          'if (firstValid !== undefined && firstValid.group !== checked.message.group) firstValid = { ...firstValid, group: checked.message.group };',
      },
    ],
  },
  {
    name: 'the plan is not compared with the job id',
    about: 'A message with another plan than its job’s is stored.',
    patches: [{ file: MESSAGE, in: 'checkAgainstPlan', at: { text: 'plan_mismatch' }, insteadOfStatement: '' }],
  },
  {
    name: 'one number twice in a batch',
    about: 'Two messages of one number in a receive are both written, which DynamoDB refuses.',
    patches: [
      { file: GROUPING, in: 'checkGroup', at: { call: 'distinct.has' }, instead: 'false' },
      { file: GROUPING, in: 'checkGroup', at: { argumentOf: 'distinct.set', index: 0 }, instead: 'distinct.size' },
    ],
  },
  {
    name: 'a refused message stops its group for ever',
    about: 'An invalid message makes its group fail instead of going to the dead-letter queue.',
    patches: [
      {
        file: HANDLER,
        in: '#storeOrRelease',
        at: { call: 'this.#refuse' },
        insteadOfStatement: `if (work.refused.length > 0) throw new Error('refused');`,
      },
    ],
  },
];
