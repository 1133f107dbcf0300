// Sabotages of the consumer: what is deleted when, and what goes to the dead-letter queue.
import type { Sabotage } from './sabotage.ts';

const HANDLER = 'services/consumer/src/handler.ts';
const GROUPING = 'services/consumer/src/grouping.ts';
const MESSAGE = 'packages/schema/src/message.ts';

export const CONSUMING: readonly Sabotage[] = [
  {
    name: 'delete before store',
    patches: [
      { file: HANDLER, in: '#store', at: { call: 'jobs.store' }, before: 'await this.#delete(valid, extension);' },
    ],
  },
  {
    name: 'delete what could not be stored',
    patches: [
      {
        file: HANDLER,
        in: '#handleGroup',
        at: { call: 'this.#release' },
        instead: 'this.#delete(messages, this.#heartbeat.extend([]))',
      },
    ],
  },
  {
    name: 'dead-letter a transient error',
    patches: [
      {
        file: HANDLER,
        in: '#handleGroup',
        at: { call: 'this.#release' },
        insteadOfStatement: `
          const refused = messages.map((message) => ({ message, reason: 'wrong_shape', detail: 'not stored' }));
          await this.#refuse(refused, this.#heartbeat.extend(messages));`,
      },
    ],
  },
  {
    name: 'delete before dead-lettering',
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
    patches: [
      {
        file: GROUPING,
        in: 'checkGroup',
        at: { call: 'checkLoadMessage' },
        instead: (call) =>
          `head !== undefined && message.body.startsWith('{"job_id"') && message.body.endsWith('}')
            ? { ok: true, message: JSON.parse(message.body) }
            : ${call}`,
      },
    ],
  },
  {
    name: 'the message group is not compared with the body',
    patches: [
      { file: MESSAGE, in: 'checkAgainstPlan', at: { text: 'group_mismatch' }, insteadOfStatement: '' },
      {
        file: GROUPING,
        in: 'checkGroup',
        at: { call: 'valid.push' },
        before:
          'if (head !== undefined && head.group !== checked.message.group) head = { ...head, group: checked.message.group };',
      },
    ],
  },
  {
    name: 'the plan is not compared with the job id',
    patches: [{ file: MESSAGE, in: 'checkAgainstPlan', at: { text: 'plan_mismatch' }, insteadOfStatement: '' }],
  },
  {
    name: 'one number twice in a batch',
    patches: [
      { file: GROUPING, in: 'checkGroup', at: { call: 'distinct.has' }, instead: 'false' },
      { file: GROUPING, in: 'checkGroup', at: { argumentOf: 'distinct.set', index: 0 }, instead: 'distinct.size' },
    ],
  },
  {
    name: 'a refused message stops its group for ever',
    patches: [
      {
        file: HANDLER,
        in: '#handleGroup',
        at: { call: 'this.#refuse' },
        insteadOfStatement: `if (work.refused.length > 0) throw new Error('refused');`,
      },
    ],
  },
];
