// What people can do with jobs: view, resume, verify, repair. Shared by the command line and the page.
export { type JobUsage, jobUsage, type StoredCounts, usageText } from './job-usage.ts';
export {
  type DeletingJob,
  type JobObservations,
  type JobView,
  jobItems,
  observeUpload,
  readableJob,
  toJobView,
  UNREADABLE,
  uploadText,
} from './job-view.ts';
export { openJobStore } from './open-job-store.ts';
export type { Outcome } from './outcome.ts';
export { repairOutcome } from './repair.ts';
export { type ResumableJob, resumeJob, resumeOutcome } from './resume.ts';
export { unfinishedJobs } from './unfinished-jobs.ts';
export { verifyJob, verifyOutcome } from './verify.ts';
