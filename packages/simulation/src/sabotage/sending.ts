// Sabotages of sending, resume, dead-lettering and redrive: the losses that a later resume would hide.
import type { Sabotage } from './sabotage.ts';

const SEND = 'packages/queue/src/send.ts';
const SEND_BATCH = 'packages/queue/src/send-batch.ts';
const DEAD_LETTER = 'packages/queue/src/dead-letter.ts';
const REDRIVE = 'packages/queue/src/redrive.ts';
const MISSING = 'packages/jobs/src/missing.ts';

export const SENDING: readonly Sabotage[] = [
  {
    name: 'ignore partial batch failures',
    patches: [{ file: SEND_BATCH, find: '      else again.push(entry);', replace: '      else again.length = 0;' }],
  },
  {
    name: 'a failed send counts as sent',
    patches: [
      { file: SEND_BATCH, find: '    if (result.error === undefined) open = again;', replace: '    open = again;' },
    ],
  },
  {
    name: 'deduplication ids without the number',
    patches: [
      {
        file: SEND,
        find: 'deduplicationId: deduplicationId(job_id, group, number, word)',
        replace: 'deduplicationId: deduplicationId(job_id, group, 0, word)',
      },
    ],
  },
  {
    name: 'resume with old deduplication ids',
    patches: [{ file: SEND, find: 'word: random.uuid() };', replace: "word: 'always-the-same' };" }],
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
        find: '      const failures = await sendBatch(batch, {',
        replace: `      await from.delete(batch.map(({ source }) => source.receiptHandle));
      const failures = await sendBatch(batch, {`,
      },
    ],
  },
  {
    name: 'redrive with the old deduplication id',
    patches: [
      {
        file: REDRIVE,
        find: '    source: message,\n  };',
        replace: '    source: message,\n    ...{ deduplicationId: letter.original_deduplication_id ?? word },\n  };',
      },
    ],
  },
  {
    name: 'redrive to the group in which it was buried',
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
