// A thousand seeds break no invariant, and reach every kind of fault and event and every branch of the protocol.
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Summary } from '../src/cli/summary.ts';
import { rareBlocks, staleReasons, unknownFunctions } from '../src/counting/retries.ts';
import { FAULT_KINDS } from '../src/engine/faults.ts';
import { type SimOutput, sim } from './support.ts';

/** The oracle's names of the branches of the protocol; see docs/simulation.md. */
const BRANCHES = [
  'job created',
  'slice written',
  'slice written again',
  'slice beside another',
  'ledger: grows',
  'ledger: nothing new',
  'ledger: full',
  'tree node: grows',
  'tree node: full',
  'root: grows',
  'root: full',
  'root: nothing new',
  'upload begun',
  'upload recorded',
  'upload replaced',
  'said: the upload was gone: another one replaces it',
  'part written',
  'part written again',
  'part written again at the end',
  'part noted',
  'size of the object recorded',
  'complete job sent again',
  'said: released until S3 answers again',
  'said: a part is left to the end of the job',
  'object written',
  'object in several parts',
  'object written again after COMPLETE',
  'upload aborted',
  'upload aborted by an operator',
  'called after an interrupt, to clean up',
  'dead letter purged',
  'redrive: refused',
  'redrive: undeleted',
  'purge: undeleted',
  'job COMPLETE',
  'PutItem: condition failed',
  'UpdateItem: condition failed',
  'deleted',
  'delete refused: expired',
  'heartbeat refused: expired',
  'heartbeats ended',
  'released at once',
  'drained',
  'drained while messages come',
  'received while draining',
  'several receives at once',
  'said: not stored: releasing',
  'said: not released: they are delivered again after the visibility timeout',
  'said: drained in part: these are delivered again after the visibility timeout',
  'said: a dependency fails: waiting for it',
  'said: the dependency answers again',
  'send deduplicated',
  'one number twice in a receive',
  'valid and forged in one receive',
  'redelivered',
  'delivered again before its time',
  'dead-lettered: not_json',
  'dead-lettered: unknown_version',
  'dead-lettered: wrong_shape',
  'dead-lettered: plan_mismatch',
  'dead-lettered: outside_plan',
  'dead-lettered: group_mismatch',
  'dead letter deduplicated',
  'moved by SQS after ten receives',
  'put into the dead-letter queue by hand',
  'redriven',
  'redrive died',
  'purge died',
  'look died',
  'producer died',
  'resume died',
  'resume: missing',
  'resume: climb',
  'resume: nothing stored yet',
  'resume: nothing to do',
  'killed in a bad moment',
  'killed and purged',
  'purged',
  'job deleted',
  'job deleted while RUNNING',
  'marker of a ledger or node',
  'slice removed',
  'delete died',
  'a deletion ended',
  'deleted among mild faults',
  'deleted job sent again',
  'deleted: its job was deleted',
  'said: dropped: their job was deleted',
  'resume: of a deleted job',
  'verified',
  'repaired',
  'job COMPLETE without help',
  'job COMPLETE after a redrive',
  'job COMPLETE after one resume',
];

/** The planned events, which are counted like faults: see `WorldEvent`, traps, deletions and interrupts. */
const EVENTS = [
  ...['outage', 'forged', 'duplicate', 'dead_lettered_by_hand', 'redeliver', 'resume', 'produce_again', 'redrive'],
  ...['purge_dead_letters', 'look', 'drain', 'kill', 'purge', 'trap', 'delete', 'late', 'interrupt'],
];

/** The batch calls of each kind of process. */
const BATCHES = [
  ['producer', 'SendMessageBatch'],
  ['resume', 'SendMessageBatch'],
  ['redrive', 'SendMessageBatch'],
  ['redrive', 'DeleteMessageBatch'],
  ['redrive', 'ChangeMessageVisibilityBatch'],
  ['purge', 'DeleteMessageBatch'],
  ['purge', 'ChangeMessageVisibilityBatch'],
  ['look', 'ChangeMessageVisibilityBatch'],
  ['consumer', 'SendMessageBatch'],
  ['consumer', 'DeleteMessageBatch'],
  ['consumer', 'ChangeMessageVisibilityBatch'],
  ['consumer', 'BatchWriteItem'],
] as const;
const BATCH_OUTCOMES = [
  'entry_refused',
  'entry_unanswered',
  'entry_refused_for_good',
  'entries with different fates',
  'entries fail in a later round',
  'a later round fails as a whole',
  'round 4 or later',
];
/** A consumer's dead letters go one by one; DynamoDB refuses no item for good; a delete is tried three times. */
const IMPOSSIBLE_OUTCOMES = [
  'consumer: SendMessageBatch: entries with different fates',
  'consumer: BatchWriteItem: entry_refused_for_good',
  'redrive: DeleteMessageBatch: round 4 or later',
  'purge: DeleteMessageBatch: round 4 or later',
];
const MIN_TIMES = 20;

describe('npm run sim -- --seeds 1000 --json', () => {
  let output: SimOutput;
  let result: Pick<Summary, 'faults' | 'branches' | 'retries'>;

  beforeAll(async () => {
    output = await sim('--seeds', '1000', '--json');
    result = JSON.parse(output.stdout);
  });

  test('breaks no invariant', () => {
    expect(result).toMatchObject({ seeds: 1000, failed: 0, failures: [] });
    expect(output.code).toBe(0);
  });

  test('counts the faults and branches', () => {
    for (const name of ['steps', 'crashes', 'redeliveries', 'lost_answers']) {
      expect(result).toHaveProperty(name, expect.any(Number));
    }
  });

  test.each([...FAULT_KINDS, ...EVENTS])('has the fault or event %s', (kind) => {
    expect(result.faults[kind]).toBeGreaterThan(0);
  });

  test.each(BATCHES)(
    `lets the batches of a %s by %s fail in every way, each at least ${MIN_TIMES} times`,
    (role, operation) => {
      const all = BATCH_OUTCOMES.map((outcome) => `${role}: ${operation}: ${outcome}`);
      const rare = all
        .filter((name) => !IMPOSSIBLE_OUTCOMES.includes(name))
        .map((name) => ({ name, times: result.branches[`batch of ${name}`] ?? 0 }))
        .filter(({ times }) => times < MIN_TIMES);
      expect(rare).toEqual([]);
    },
  );

  test(`runs each block of the retry code at least ${MIN_TIMES} times`, () => {
    expect(rareBlocks(result.retries, MIN_TIMES)).toEqual([]);
    expect(unknownFunctions(result.retries)).toEqual([]);
    expect(staleReasons(result.retries)).toEqual([]);
  });

  test.each(BRANCHES)('reaches the branch “%s”', (branch) => {
    expect(result.branches[branch]).toBeGreaterThan(0);
  });
});
