// How a job lives in DynamoDB and S3: stored exactly once, read back, checked, repaired.

export type { JobEvent, JobStoreOptions, StoreOptions } from './context.ts';
export type { DeletionResult } from './delete.ts';
export { createJobStore, type JobStore, type ReadOptions } from './job-store.ts';
export { jobDeletedError } from './marker.ts';
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
export { objectPartCount, type UnfinishedUpload } from './read-upload.ts';
export type { RepairResult } from './repair.ts';
export type { BatchMessage, StoreBatch } from './slices.ts';
export { type JobState, jobState, STALLED_AFTER_MS } from './state.ts';
export type { StoreResult } from './store.ts';
export { partsText, type VerifyOptions, type VerifyReport } from './verify.ts';
export type { GenerateMovies, Problem } from './verify-group.ts';
