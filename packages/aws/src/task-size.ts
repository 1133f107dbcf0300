// The size of a Fargate task, from which capacity and price are estimated.

/** A consumer has one thread. 2 GB is the least that Fargate offers with a vCPU; a consumer uses a tenth of it. */
export const FARGATE_TASK = { vcpus: 1, gigabytes: 2 } as const;
