// Reads the current number sets of ledgers and of nodes of the completion tree from the table.
import { childrenOf, JOB_PART, LEDGER_PART, type TreeNode } from '@movie-load/schema';
import type { Item } from '../services/dynamodb.ts';
import type { ExpectedJob } from './expected.ts';
import { numbersOf } from './numbers.ts';

/** The counted numbers of a job, read from the table at each call. */
export class CountedSets {
  readonly #item: (hash: string, range: string) => Item | undefined;

  constructor(item: (hash: string, range: string) => Item | undefined) {
    this.#item = item;
  }

  ledgerOf(job: ExpectedJob, group: number): ReadonlySet<number> {
    return numbersOf(this.#item(`${job.job_id}#${group}`, LEDGER_PART), 'stored');
  }

  nodeOf(job: ExpectedJob, node: TreeNode): ReadonlySet<number> {
    const part = node.level === 'root' ? JOB_PART : `done#${node.level}#${node.node}`;
    return numbersOf(this.#item(job.job_id, part), 'done');
  }

  isLedgerFull(job: ExpectedJob, group: number): boolean {
    return this.ledgerOf(job, group).size === job.messagesOf(group).count;
  }

  isNodeFull(job: ExpectedJob, node: TreeNode): boolean {
    return this.nodeOf(job, node).size === childrenOf(job.tree, node);
  }

  /** Whether a node of a level is full. The nodes of level 0 are the ledgers. */
  isChildFull(job: ExpectedJob, level: number, node: number): boolean {
    return level === 0 ? this.isLedgerFull(job, node) : this.isNodeFull(job, { level, node });
  }
}
