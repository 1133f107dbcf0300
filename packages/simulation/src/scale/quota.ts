// SQS's quota: calls a second of each action. Calls beyond it are throttled, as on AWS, and their caller tries again.

/** Returns a function that decides for each call whether it is within the quota. Unused calls remain for a second. */
export function createCallQuota(callsPerSecond: number) {
  const buckets = new Map<string, { tokens: number; updatedOn: number }>();
  return (action: string, now: number): boolean => {
    const bucket = buckets.get(action) ?? { tokens: callsPerSecond, updatedOn: now };
    buckets.set(action, bucket);
    bucket.tokens = Math.min(callsPerSecond, bucket.tokens + ((now - bucket.updatedOn) / 1000) * callsPerSecond);
    bucket.updatedOn = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  };
}
