/**
 * Exit codes of every movie-load process. `bug` is `EX_SOFTWARE` of sysexits.h: AWS called one of our requests
 * invalid.
 */
export const EXIT = { ok: 0, failed: 1, usage: 2, bug: 70, interrupted: 130 } as const;
