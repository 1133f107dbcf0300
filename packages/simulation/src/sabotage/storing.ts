// Sabotages of the storage protocol: of slices, ledgers, the completion tree, the object and the status COMPLETE.
import { replaceOnce } from './patch.ts';
import type { Sabotage } from './sabotage.ts';

const STORE = 'packages/jobs/src/store.ts';
const LEDGER = 'packages/jobs/src/ledger.ts';
const TREE = 'packages/jobs/src/tree.ts';
const COMPLETE = 'packages/jobs/src/complete.ts';
const JOB_ITEM = 'packages/jobs/src/job-item.ts';
const SLICE_PAGES = 'packages/jobs/src/slice-pages.ts';
const MISSING = 'packages/jobs/src/missing.ts';
const TABLE = 'packages/aws/src/table.ts';

export const STORAGE_SABOTAGES: readonly Sabotage[] = [
  {
    name: 'count before store',
    about:
      'A message is counted before its movies are written: after a crash between the two, counted movies are missing.',
    patches: [
      {
        file: STORE,
        in: 'storeBatch',
        at: { call: 'writeSlices' },
        before: 'const counted = await addToLedger(context, batch, signal);',
      },
      { file: STORE, in: 'storeBatch', at: { call: 'addToLedger' }, insteadOfStatement: '' },
    ],
  },
  {
    name: 'slice key without its count',
    about:
      'The key of a slice names its first movie alone: a shorter batch overwrites a longer one, and its other movies are lost.',
    patches: [
      {
        file: 'packages/schema/src/keys.ts',
        in: 'slicePart',
        at: { start: true },
        before: 'count = Math.min(count, 1);',
      },
      {
        file: SLICE_PAGES,
        in: 'sliceRange',
        at: { comparisonOf: 'range.count' },
        before: 'if (range !== undefined && movies !== undefined) return { first: range.first, count: movies.length };',
      },
      { file: MISSING, in: 'uncoveredMessages', at: { property: 'attributes' }, instead: 'undefined' },
      {
        file: MISSING,
        in: 'uncoveredMessages',
        at: { variable: 'range' },
        instead: '{ first: Number(item.first?.N), count: item.movies?.L?.length ?? 0 }',
      },
    ],
  },
  {
    name: 'a counter instead of a set',
    about:
      'Stored messages are counted by a number instead of a set: a redelivery counts twice, and a group is full too early.',
    patches: [
      {
        file: LEDGER,
        in: 'addToLedger',
        at: { property: 'update' },
        instead: replaceOnce('ADD #stored :numbers', 'ADD #stored :numbers, #counter :more'),
      },
      {
        file: LEDGER,
        in: 'addToLedger',
        at: { property: 'names' },
        instead: (names) => `{ ...${names}, '#counter': 'counter' }`,
      },
      {
        file: LEDGER,
        in: 'addToLedger',
        at: { property: 'values' },
        instead: (values) => `{ ...${values}, ':more': { N: String(batch.messages.length) } }`,
      },
      {
        file: LEDGER,
        in: 'addToLedger',
        at: { comparisonOf: 'stored' },
        instead: 'Number(before?.counter?.N ?? 0) + batch.messages.length >= count',
      },
    ],
  },
  {
    name: 'overwrite a set instead of adding',
    about: 'Counting replaces the set of the ledger: what was counted before is forgotten.',
    patches: [
      {
        file: LEDGER,
        in: 'addToLedger',
        at: { property: 'update' },
        instead: replaceOnce('ADD #stored :numbers SET', 'SET #stored = :numbers,'),
      },
      { file: LEDGER, in: 'addToLedger', at: { variable: 'after' }, instead: '{ ...before, stored: numbers }' },
    ],
  },
  {
    name: 'overwrite a node of the tree instead of adding',
    about: 'A finished child replaces the set of its parent: the children before it are forgotten.',
    patches: [{ file: TREE, in: 'addChild', at: { property: 'update' }, instead: `'SET #done = :child'` }],
  },
  {
    name: 'the ledger counts from the start of the job',
    about: 'Ledgers count messages by their number in the job instead of in the group, which is beyond their bound.',
    patches: [
      {
        file: LEDGER,
        in: 'addToLedger',
        at: { argumentOf: 'numberSet', index: 0 },
        instead: 'batch.messages.map(({ number }) => number)',
      },
    ],
  },
  {
    name: 'a ledger is full one message early',
    about: 'A group counts as finished when one of its messages is still missing.',
    patches: [{ file: LEDGER, in: 'addToLedger', at: { comparisonOf: 'stored' }, instead: 'stored >= count - 1' }],
  },
  {
    name: 'climb only when an add made a set full',
    about:
      'Only the consumer whose own add filled a ledger adds it to the parent: when it dies just then, no redelivery does.',
    patches: [
      {
        file: LEDGER,
        in: 'addToLedger',
        at: { property: 'condition' },
        instead: (condition) => `${condition} + ' AND (attribute_not_exists(#stored) OR NOT contains(#stored, :one))'`,
      },
      { file: LEDGER, in: 'addToLedger', at: { text: 'deleted' }, instead: "'open'" },
      {
        file: LEDGER,
        in: 'addToLedger',
        at: { property: 'values' },
        instead: (values) => `{ ...${values}, ':one': { N: String((batch.messages[0]?.number ?? 0) - first) } }`,
      },
    ],
  },
  {
    name: 'climb a tree only when an add made a node full',
    about:
      'Only the consumer whose own add filled a node adds it to the parent: when it dies just then, no redelivery does.',
    patches: [
      {
        file: TREE,
        in: 'addChild',
        at: { property: 'condition' },
        instead: (condition) =>
          `(${condition}) + (isRoot ? '' : ' AND (attribute_not_exists(#done) OR NOT contains(#done, :only))')`,
      },
      {
        file: TREE,
        in: 'addChild',
        at: { property: 'values' },
        instead: (values) => `{ ...${values}, ...(parent.level === 'root' ? {} : { ':only': { N: String(child) } }) }`,
      },
      {
        file: TREE,
        in: 'climb',
        at: { text: 'deleted' },
        instead: `'open'`,
      },
    ],
  },
  {
    name: 'delete before climbing',
    about:
      'Messages are deleted once they are counted, before the climb: after a crash no message makes a consumer climb.',
    patches: [
      {
        file: STORE,
        in: 'storeBatch',
        at: { call: 'climbAndComplete' },
        before:
          "if (counted.kind === 'full') { climbAndComplete(context, batch, counted.ledger, options).catch(() => undefined); return 'stored'; }",
      },
    ],
  },
  {
    name: 'complete before the object',
    about: 'The job becomes COMPLETE before its object is written: after a crash between the two it has no object.',
    patches: [
      {
        file: COMPLETE,
        in: 'completeJob',
        at: { call: 'putObject' },
        before: `await setComplete(context, job.job_id, { key: 'x', bytes: 0 }, options.signal);`,
      },
    ],
  },
  {
    name: 'the job item is created without a condition',
    about: 'Creating the job’s item replaces an existing one, and with it the set of finished groups.',
    patches: [
      { file: TABLE, in: 'writeMethods.create', at: { property: 'ConditionExpression' }, instead: 'undefined' },
      { file: TABLE, in: 'writeMethods.create', at: { property: 'ExpressionAttributeNames' }, instead: 'undefined' },
    ],
  },
  {
    name: 'the job item is remembered before it was created',
    about:
      'A process takes the job’s item for created before the call has succeeded: when it fails, the item has no plan.',
    patches: [
      { file: JOB_ITEM, in: 'createJobCreator.create', at: { start: true }, before: 'created.add(job_id);' },
      { file: TREE, in: 'addChild', at: { property: 'condition' }, instead: 'undefined' },
      { file: TREE, in: 'addChild', at: { property: 'names' }, instead: "{ '#done': 'done', ...expires?.names }" },
    ],
  },
  {
    name: 'ignore unprocessed items',
    about: 'Items that DynamoDB leaves unprocessed in a batch are not written again.',
    patches: [
      {
        file: 'packages/aws/src/resilient-ports.ts',
        in: 'resilientTable.putBatch',
        at: { throws: 'EntriesFailed' },
        insteadOfStatement: '',
      },
    ],
  },
  {
    name: 'readers do not merge overlaps',
    about: 'Slices that overlap are read one after the other: the object has some movies twice.',
    patches: [
      {
        file: 'packages/jobs/src/part-bytes.ts',
        in: 'groupChunks',
        at: { argumentOf: 'moviesFrom', index: 1 },
        instead: '0',
      },
      {
        file: 'packages/jobs/src/part-bytes.ts',
        in: 'groupChunks',
        at: { argumentOf: 'slice', index: 1 },
        instead: 'end',
      },
    ],
  },
  {
    name: 'eventually consistent reads of slices',
    about: 'The object is made from reads that may be older than the last write: stored movies are missing in it.',
    patches: [{ file: TABLE, in: 'queryCommand', at: { property: 'ConsistentRead' }, instead: 'false' }],
  },
];
