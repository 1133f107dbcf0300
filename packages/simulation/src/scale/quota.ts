// SQS's quota: calls a second of each action. Calls beyond it are throttled, as on AWS, and their caller tries again.

/** Returns for each call whether it is within the quota. Unused calls remain available for a second. */
export function createCallQuota(callsPerSecond: number) {
  const buckets = new Map<string, { left: number; at: number }>();
  return (action: string, now: number): boolean => {
    const bucket = buckets.get(action) ?? { left: callsPerSecond, at: now };
    buckets.set(action, bucket);
    bucket.left = Math.min(callsPerSecond, bucket.left + ((now - bucket.at) / 1000) * callsPerSecond);
    bucket.at = now;
    if (bucket.left < 1) return false;
    bucket.left -= 1;
    return true;
  };
}
