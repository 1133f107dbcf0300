// The operations of people on jobs, for the command line and the page.
export { type JobUsage, jobUsage, type StoredCounts, usageText } from './job-usage.ts';
export {
  type DeletingJob,
  type JobView,
  jobItems,
  type Observed,
  observeUpload,
  readableJob,
  toJobView,
  UNREADABLE,
  uploadText,
} from './job-view.ts';
export { openJobStore } from './open-job-store.ts';
export type { Outcome } from './outcome.ts';
export { repairOutcome } from './repair.ts';
export { type Resumable, resumeJob, resumeOutcome } from './resume.ts';
export { unfinishedJobs } from './unfinished-jobs.ts';
export { verifyJob, verifyOutcome } from './verify.ts';
