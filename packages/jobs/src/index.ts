// How a job lives in DynamoDB and S3: stored exactly once, read back, checked, repaired.

export type { JobEvent, JobStoreOptions, StoreOptions } from './context.ts';
export type { Deleted } from './delete.ts';
export { createJobStore, type JobStore, type ReadOptions } from './job-store.ts';
export { isDeleted } from './marker.ts';
export type { FindOptions, MissingMessages } from './missing.ts';
export type { JobRef } from './part-bytes.ts';
export {
  type GroupLedger,
  type JobList,
  type JobSummary,
  type ListOptions,
  treeProgress,
} from './read-jobs.ts';
export type { IndexedMovie, StoredSlice } from './read-movies.ts';
export { objectParts, type UnfinishedUpload } from './read-upload.ts';
export type { Repaired } from './repair.ts';
export type { BatchMessage, StoreBatch } from './slices.ts';
export { type JobState, jobState, STALLED_AFTER_MS } from './state.ts';
export type { Stored } from './store.ts';
export { partsText, type VerifyOptions, type VerifyReport } from './verify.ts';
export type { Expected, Problem } from './verify-group.ts';
