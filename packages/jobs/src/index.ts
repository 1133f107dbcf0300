// How a job lives in DynamoDB and S3: stored exactly once, read back, checked, repaired.

export type { Dependency, JobEvent, StoreOptions } from './context.ts';
export { dependencyOf } from './context.ts';
export { createJobStore, type JobStore, type JobStoreOptions } from './job-store.ts';
export type { BatchMessage, StoreBatch } from './slices.ts';
