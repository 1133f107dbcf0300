// Sabotages of the storage protocol: slices, ledger, tree, object, COMPLETE.
import type { Sabotage } from './sabotage.ts';

const STORE = 'packages/jobs/src/store.ts';
const LEDGER = 'packages/jobs/src/ledger.ts';
const TREE = 'packages/jobs/src/tree.ts';
const COMPLETE = 'packages/jobs/src/complete.ts';
const JOB_ITEM = 'packages/jobs/src/job-item.ts';
const TABLE = 'packages/aws/src/table.ts';

export const STORING: readonly Sabotage[] = [
  {
    name: 'count before store',
    patches: [
      {
        file: STORE,
        find: `  const slices = await writeSlices(context, batch, options);
  const isGroupStored = await addToLedger(context, batch, signal);`,
        replace: `  const isGroupStored = await addToLedger(context, batch, signal);
  const slices = await writeSlices(context, batch, options);`,
      },
    ],
  },
  {
    name: 'slice key without its count',
    patches: [
      {
        file: 'packages/schema/src/keys.ts',
        find: 'export function slicePart({ first, count }: Range): string {',
        replace: 'export function slicePart({ first, count: all }: Range): string {\n  const count = Math.min(all, 1);',
      },
      {
        file: 'packages/jobs/src/slice-pages.ts',
        find: '  if (range === undefined || movies?.length !== range.count) {',
        replace: `  if (range !== undefined && movies !== undefined) return { first: range.first, count: movies.length };
  if (range === undefined || movies?.length !== range.count) {`,
      },
      { file: 'packages/jobs/src/missing.ts', find: "attributes: ['part'] }", replace: '}' },
      {
        file: 'packages/jobs/src/missing.ts',
        find: "      const range = parseSlicePart(item.part?.S ?? '');",
        replace: '      const range = { first: Number(item.first?.N), count: item.movies?.L?.length ?? 0 };',
      },
    ],
  },
  {
    name: 'a counter instead of a set',
    patches: [
      {
        file: LEDGER,
        find: "    update: 'ADD #stored :numbers SET",
        replace: "      update: 'ADD #stored :numbers, #counter :more SET",
      },
      {
        file: LEDGER,
        find: "    names: { '#stored': 'stored',",
        replace: "      names: { '#counter': 'counter', '#stored': 'stored',",
      },
      {
        file: LEDGER,
        find: "      ':expected': { N: String(count) },",
        replace: "        ':expected': { N: String(count) }, ':more': { N: String(batch.messages.length) },",
      },
      {
        file: LEDGER,
        find: '  return stored >= count;',
        replace: '  return Number(after?.counter?.N) >= count;',
      },
    ],
  },
  {
    name: 'overwrite a set instead of adding',
    patches: [
      {
        file: LEDGER,
        find: "    update: 'ADD #stored :numbers SET",
        replace: "      update: 'SET #stored = :numbers,",
      },
    ],
  },
  {
    name: 'overwrite a node of the tree instead of adding',
    patches: [{ file: TREE, find: "    update: 'ADD #done :child',", replace: "      update: 'SET #done = :child'," }],
  },
  {
    name: 'the ledger counts from the start of the job',
    patches: [
      { file: LEDGER, find: '({ number }) => number - first)', replace: '({ number }) => number + first - first)' },
    ],
  },
  {
    name: 'a ledger is full one message early',
    patches: [
      {
        file: LEDGER,
        find: '  return stored >= count;',
        replace: '  return stored >= count - 1;',
      },
    ],
  },
  {
    name: 'climb only when an add made a set full',
    patches: [
      {
        file: LEDGER,
        find: '    key: ledgerKey(batch.job_id, batch.group),',
        replace: `      key: ledgerKey(batch.job_id, batch.group),
      condition: 'attribute_not_exists(#stored) OR NOT contains(#stored, :one)',`,
      },
      {
        file: LEDGER,
        find: "      ':expected': { N: String(count) },",
        replace:
          "        ':expected': { N: String(count) }, ':one': { N: String((batch.messages[0]?.number ?? 0) - first) },",
      },
    ],
  },
  {
    name: 'climb a tree only when an add made a node full',
    patches: [
      {
        file: TREE,
        find: "    ...(parent.level === 'root' ? { condition: 'attribute_exists(#job_id)' } : {}),",
        replace: `      ...(parent.level === 'root'
        ? { condition: 'attribute_exists(#job_id)' }
        : { condition: 'attribute_not_exists(#done) OR NOT contains(#done, :only)' }),`,
      },
      {
        file: TREE,
        find: "    values: { ':child': numberSet([child]) },",
        replace:
          "      values: { ':child': numberSet([child]), ...(parent.level === 'root' ? {} : { ':only': { N: String(child) } }) },",
      },
      {
        file: TREE,
        find: "    if (after === undefined) return { kind: 'no_job' };",
        replace:
          "    if (after === undefined) return up.parent.level === 'root' ? { kind: 'no_job' } : { kind: 'open' };",
      },
    ],
  },
  {
    name: 'delete before climbing',
    patches: [
      {
        file: STORE,
        find: '  if (!isGroupStored) return;',
        replace: `  if (!isGroupStored) return;
  goUp(context, batch, options).catch(() => undefined);
  if (isGroupStored) return;`,
      },
    ],
  },
  {
    name: 'complete before the object',
    patches: [
      {
        file: COMPLETE,
        find: '  const object = await assemble(context, job, options);',
        replace: `  await setComplete(context, job.job_id, { key: 'x', bytes: 0 }, options.signal);
  const object = await assemble(context, job, options);`,
      },
    ],
  },
  {
    name: 'somebody else assembles, so I delete my message',
    patches: [
      {
        file: COMPLETE,
        find: '    const waited = await waitForOthers(context, job, options);',
        replace:
          "    const waited: Completed | SeenLease = dead === undefined ? 'complete' : await waitForOthers(context, job, options);",
      },
    ],
  },
  {
    name: 'a lease that is never taken over',
    patches: [
      {
        file: 'packages/jobs/src/lease.ts',
        find: 'attribute_not_exists(#until) OR #until < :now OR #until = :dead OR #by = :me',
        replace: 'attribute_not_exists(#until) OR (:now = :dead AND #until = :dead) OR #by = :me',
      },
    ],
  },
  {
    name: 'the job item is created without a condition',
    patches: [
      {
        file: TABLE,
        find: `        ConditionExpression: 'attribute_not_exists(#job_id)',
        ExpressionAttributeNames: { '#job_id': 'job_id' },`,
        replace: '',
      },
    ],
  },
  {
    name: 'the job item is remembered before it was created',
    patches: [
      {
        file: JOB_ITEM,
        find: '    const item: TableItem = {',
        replace: '    created.add(job_id);\n    const item: TableItem = {',
      },
      {
        file: TREE,
        find: "    ...(parent.level === 'root' ? { condition: 'attribute_exists(#job_id)' } : {}),",
        replace: '',
      },
      {
        file: TREE,
        find: "    names: parent.level === 'root' ? { ...names, '#job_id': 'job_id' } : names,",
        replace: '      names,',
      },
    ],
  },
  {
    name: 'ignore unprocessed items',
    patches: [
      {
        file: 'packages/aws/src/resilient-ports.ts',
        find: '        if (left.length > 0) throw new EntriesFailed(',
        replace: '        if (left.length > 99) throw new EntriesFailed(',
      },
    ],
  },
  {
    name: 'readers do not merge overlaps',
    patches: [
      {
        file: 'packages/jobs/src/assemble.ts',
        find: 'moviesFrom(item, next - slice.first).slice(0, end - next)',
        replace: 'moviesFrom(item, 0).slice(0, end)',
      },
    ],
  },
  {
    name: 'eventually consistent reads of slices',
    patches: [
      {
        file: TABLE,
        find: `        ConsistentRead: true,
        ...(projection`,
        replace: `        ConsistentRead: false,
        ...(projection`,
      },
    ],
  },
  {
    name: 'the last part is not waited for',
    patches: [
      {
        file: 'packages/jobs/src/object-writer.ts',
        find: '      if (filled > 0) await flush();',
        replace: '      if (filled > 0 && parts.length === 0) await flush();',
      },
    ],
  },
];
