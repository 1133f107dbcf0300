// Which groups of a job are in its trace: at most 64, the same in every process. This is decided before a span is made,
// because a span that the SDK discards costs nearly as much as one that it exports.

const SAMPLED_GROUPS = 64;

/** @example isSampled(5000, 158) // true: of 5,000 groups, every 79th is in the trace */
export const isSampled = (groups: number, group: number): boolean => group % Math.ceil(groups / SAMPLED_GROUPS) === 0;
