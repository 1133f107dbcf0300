// How much a consumer and a producer do at once. The estimate of capacity and the simulation use the same numbers.

/** The defaults of the consumer's settings of the same names. */
export const CONSUMER_DEFAULTS = {
  /** Receives processed concurrently. */
  POLLERS: 8,
  VISIBILITY_SECONDS: 60,
  /** The longest time from SIGTERM to the end of the work. */
  DRAIN_SECONDS: 8,
} as const;

/** The most characters of message bodies in a consumer at once. A receive that has more, up to ten MiB, runs alone. */
export const BUDGET_CHARACTERS = 2 * 1024 * 1024;

/** The message groups that a producer sends at once. */
export const GROUPS_SENT_AT_ONCE = 8;

/**
 * For a part of the object: the bytes of movies that are read ahead, and the most groups. Parsed items
 * take several times as many bytes for a moment.
 */
export const READ_AHEAD_BYTES = 2 * 1024 * 1024;
export const MAX_GROUPS_AHEAD = 16;
