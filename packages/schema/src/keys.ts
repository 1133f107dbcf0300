import type { Range } from './shape.ts';
import type { TreeNode } from './tree.ts';

/** The primary key of an item in the table. */
export interface ItemKey {
  readonly job_id: string;
  readonly part: string;
}

const INDEX_DIGITS = 12;

export const JOB_PART = 'job';
export const LEDGER_PART = 'ledger';
export const SLICE_PREFIX = 'movies#';

/** `<job>#<group>`: the SQS message group id, and the partition key of the group's ledger and slices. */
export function groupKey(jobId: string, group: number): string {
  return `${jobId}#${group}`;
}

const groupKeyPattern = /^([0-9a-f-]{36})#(0|[1-9]\d{0,8})$/;

/** Parses a `groupKey`; undefined for any other text. */
export function parseGroupKey(text: string): { readonly job_id: string; readonly group: number } | undefined {
  const [, job_id, group] = groupKeyPattern.exec(text) ?? [];
  return job_id === undefined || group === undefined ? undefined : { job_id, group: Number(group) };
}

export const jobKey = (jobId: string): ItemKey => ({ job_id: jobId, part: JOB_PART });

export const ledgerKey = (jobId: string, group: number): ItemKey => ({
  job_id: groupKey(jobId, group),
  part: LEDGER_PART,
});

/** The item of a tree node: the job's item for the root, a ledger for level 0. */
export function treeKey(jobId: string, treeNode: TreeNode): ItemKey {
  if (treeNode.level === 0) return ledgerKey(jobId, treeNode.node);
  return treeNode.level === 'root' ? jobKey(jobId) : { job_id: jobId, part: `done#${treeNode.level}#${treeNode.node}` };
}

/**
 * `movies#<first index, 12 digits>+<count>`: keys of a group sort by index, and a slice's movies follow from its key.
 */
export function slicePart({ first, count }: Range): string {
  return `${SLICE_PREFIX}${String(first).padStart(INDEX_DIGITS, '0')}+${count}`;
}

const slicePartPattern = /^movies#(\d{12})\+([1-9]\d{0,8})$/;

/** Parses a `slicePart`; undefined for any other text. */
export function parseSlicePart(part: string): Range | undefined {
  const [, first, count] = slicePartPattern.exec(part) ?? [];
  return first === undefined || count === undefined ? undefined : { first: Number(first), count: Number(count) };
}

/** The smallest `part` of a group's slices that begin at `first` or later. */
export const slicePartFrom = (first: number): string => `${SLICE_PREFIX}${String(first).padStart(INDEX_DIGITS, '0')}`;

export const objectKey = (jobId: string): string => `${jobId}.json`;

/**
 * The SQS deduplication id: job, group, number and the nonce of this send. Retries of the send use the same nonce.
 * At most 36 + 10 + 10 + 37 = 93 of the 128 characters that SQS allows.
 */
export function deduplicationId(jobId: string, group: number, number: number, sendNonce: string): string {
  return `${jobId}.${group}.${number}.${sendNonce}`;
}

const deduplicationIdPattern = /^([0-9a-f-]{36})\.(\d{1,9})\.(\d{1,9})\.([A-Za-z0-9-]{8,36})$/;

/** True for the nonce of a redrive, 32 hexadecimal digits. The nonce of any other send is a UUID, with hyphens. */
export const isRedriveNonce = (sendNonce: string): boolean => /^[0-9a-f]{32}$/.test(sendNonce);

/** Parses a `deduplicationId`; undefined for any other text. */
export function parseDeduplicationId(text: string) {
  const [, job_id, group, number, sendNonce] = deduplicationIdPattern.exec(text) ?? [];
  if (job_id === undefined || sendNonce === undefined) return undefined;
  return { job_id, group: Number(group), number: Number(number), sendNonce };
}
