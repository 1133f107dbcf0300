// Sabotages of the consumer: what is deleted when, and what goes to the dead-letter queue.
import type { Sabotage } from './sabotage.ts';

const HANDLER = 'services/consumer/src/handler.ts';
const GROUPING = 'services/consumer/src/grouping.ts';

export const CONSUMING: readonly Sabotage[] = [
  {
    name: 'delete before store',
    patches: [
      {
        file: HANDLER,
        find: '    await jobs.store(batch, {',
        replace: `    await this.#delete(valid, extension);
    await jobs.store(batch, {`,
      },
    ],
  },
  {
    name: 'delete what could not be stored',
    patches: [
      {
        file: HANDLER,
        find: '      await this.#release(messages, facts);',
        replace: '      await this.#delete(messages, this.#heartbeat.extend([]));',
      },
    ],
  },
  {
    name: 'dead-letter a transient error',
    patches: [
      {
        file: HANDLER,
        find: '      await this.#release(messages, facts);',
        replace: `      const refused = messages.map((message) => ({ message, reason: 'wrong_shape' as const, detail: 'not stored' }));
      await this.#refuse(refused, this.#heartbeat.extend(messages));`,
      },
    ],
  },
  {
    name: 'delete before dead-lettering',
    patches: [
      {
        file: HANDLER,
        find: '    await Promise.all(refused.map((one) => this.#deadLetter(',
        replace: `    await this.#delete(refused.map(({ message }) => message), extension);
    await Promise.all(refused.map((one) => this.#deadLetter(`,
      },
    ],
  },
  {
    name: 'the first message alone checked against the plan',
    patches: [
      {
        file: GROUPING,
        find: '    const checked = checkLoadMessage(message.body, groupId);',
        replace: `    const checked: ReturnType<typeof checkLoadMessage> =
      head !== undefined && message.body.startsWith('{"job_id"') && message.body.endsWith('}')
        ? { ok: true, message: JSON.parse(message.body) }
        : checkLoadMessage(message.body, groupId);`,
      },
    ],
  },
  {
    name: 'the message group is not compared with the body',
    patches: [
      {
        file: 'packages/schema/src/message.ts',
        find: '  if (messageGroupId !== groupKey(job_id, group))',
        replace: '  if (messageGroupId === undefined)',
      },
      {
        file: GROUPING,
        find: '    valid.push(message);',
        replace: `    if (head !== undefined && head.group !== checked.message.group) head = { ...head, group: checked.message.group };
    valid.push(message);`,
      },
    ],
  },
  {
    name: 'the plan is not compared with the job id',
    patches: [
      {
        file: 'packages/schema/src/message.ts',
        find: '  if (jobIdOf(plan) !== job_id) return',
        replace: '  if (jobIdOf(plan) === "") return',
      },
    ],
  },
  {
    name: 'one number twice in a batch',
    patches: [
      { file: GROUPING, find: '    if (distinct.has(number)) continue;', replace: '' },
      { file: GROUPING, find: '    distinct.set(number, {', replace: '    distinct.set(distinct.size, {' },
    ],
  },
  {
    name: 'a refused message stops its group for ever',
    patches: [
      {
        file: HANDLER,
        find: '      await this.#refuse(work.refused, extension);',
        replace: '      if (work.refused.length > 0) throw new Error("refused");',
      },
    ],
  },
];
