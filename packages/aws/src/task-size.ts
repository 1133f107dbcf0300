// The size of a task on Fargate that capacity and price are reckoned for.

/** A consumer is one thread, and 2 GB is the least that Fargate has with a vCPU; it uses a tenth of them. */
export const FARGATE_TASK = { vcpus: 1, gigabytes: 2 } as const;
