// Sabotages of sending, resume, dead-lettering and redrive: the losses that a later resume would hide.
import type { Sabotage } from './sabotage.ts';

const SEND = 'packages/queue/src/send.ts';
const POLICY = 'packages/aws/src/policy.ts';
const ERRORS = 'packages/aws/src/errors.ts';
const DEAD_LETTER = 'packages/queue/src/dead-letter.ts';
const REDRIVE = 'packages/queue/src/redrive.ts';
const MISSING = 'packages/jobs/src/missing.ts';

export const SENDING: readonly Sabotage[] = [
  {
    name: 'ignore partial batch failures',
    patches: [{ file: POLICY, find: 'left.push(one);', replace: 'left.length = 0;' }],
  },
  {
    name: 'a failed send counts as sent',
    patches: [
      {
        file: POLICY,
        find: '    if (!(error instanceof EntriesFailed)) throw error;',
        replace: '    if (!(error instanceof EntriesFailed)) return [];',
      },
      { file: POLICY, find: 'attempt >= maxAttempts) throw error;', replace: 'attempt >= 1) throw error;' },
    ],
  },
  {
    name: 'the wrong entries of a batch are sent again',
    patches: [{ file: POLICY, find: 'const one = sent[failure.index];', replace: 'const one = sent[0];' }],
  },
  {
    name: 'a refusal loses its place when a batch is sent again',
    patches: [
      { file: REDRIVE, find: 'const SEND_ATTEMPTS = 8;', replace: 'const SEND_ATTEMPTS = 2;' },
      {
        file: POLICY,
        find: '    for (const { index } of left) {',
        replace: '    for (const [index] of left.entries()) {',
      },
    ],
  },
  {
    name: 'giving up on a batch is silent',
    patches: [
      { file: REDRIVE, find: 'const SEND_ATTEMPTS = 8;', replace: 'const SEND_ATTEMPTS = 1;' },
      { file: POLICY, find: '    for (const { index } of left) {', replace: '    for (const { index } of []) {' },
    ],
  },
  {
    name: 'throttling is the caller’s fault',
    patches: [
      {
        file: ERRORS,
        find: "  if (THROTTLING.test(name) || BUSY.has(name) || $retryable !== undefined) return 'transient';",
        replace: "  if (THROTTLING.test(name)) return 'caller';",
      },
    ],
  },
  {
    name: 'deduplication ids without the number',
    patches: [
      {
        file: SEND,
        find: 'deduplicationId: deduplicationId(job_id, group, number, sendNonce)',
        replace: 'deduplicationId: deduplicationId(job_id, group, 0, sendNonce)',
      },
    ],
  },
  {
    name: 'resume with old deduplication ids',
    patches: [{ file: SEND, find: 'sendNonce: random.uuid() };', replace: "sendNonce: 'always-the-same' };" }],
  },
  {
    name: 'ignore a refused dead letter',
    patches: [
      {
        file: DEAD_LETTER,
        find: '  if (failure === undefined) return;',
        replace: '  if (failure?.code !== "never") return;',
      },
    ],
  },
  {
    name: 'dead-letter by body as deduplication id',
    patches: [
      {
        file: DEAD_LETTER,
        find: '  return { body, groupId: messageId, deduplicationId: messageId, attributes:',
        replace: `  const hash = [...body].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 4294967296, 7);
  return { body, groupId: messageId, deduplicationId: \`body-\${hash}\`, attributes:`,
      },
    ],
  },
  {
    name: 'redrive deletes first',
    patches: [
      {
        file: REDRIVE,
        find: '      const failures = await to.send(batch, {',
        replace: `      await from.delete(batch.map(({ source }) => source.receiptHandle));
      const failures = await to.send(batch, {`,
      },
    ],
  },
  {
    name: 'redrive with the old deduplication id',
    patches: [
      {
        file: REDRIVE,
        find: 'deduplicationId: redriveId(letter, run),',
        replace: 'deduplicationId: letter.original_deduplication_id ?? redriveId(letter, run),',
      },
    ],
  },
  {
    name: 'redrive to the group of the dead letter',
    patches: [
      { file: REDRIVE, find: '    groupId: letter.original_group,', replace: '    groupId: message.groupId ?? "",' },
    ],
  },
  {
    name: 'redrive deletes what the queue did not take',
    patches: [
      { file: REDRIVE, find: 'const SEND_ATTEMPTS = 8;', replace: 'const SEND_ATTEMPTS = 1;' },
      {
        file: REDRIVE,
        find: '        if (failure === undefined) done.push(source);',
        replace: '        if (failure === undefined || failure) done.push(source);',
      },
    ],
  },
  {
    name: 'resume does not wake a full group',
    patches: [
      {
        file: MISSING,
        find: '  if (numbers.length === 0) yield wake(shape, group);',
        replace: '  if (numbers.length === 0) return;',
      },
    ],
  },
  {
    name: 'resume does not wake a full node',
    patches: [
      {
        file: MISSING,
        find: '  else yield wake(shapeOf(job.plan), firstGroupBelow(job.plan, level, node));',
        replace: '',
      },
    ],
  },
  {
    name: 'resume does not wake a full root',
    patches: [{ file: MISSING, find: '  if (lacking.length === 0) yield wake(shapeOf(job.plan), 0);', replace: '' }],
  },
];
