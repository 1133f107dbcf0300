// The embedded AWS with properties of AWS: slow answers, no developer endpoints, and a request whose
// client has hung up still takes effect.
import { setTimeout as delay } from 'node:timers/promises';
import { type ForwardingEndpoint, startForwarding } from './forwarding-endpoint.ts';

export interface DistantEndpoint extends ForwardingEndpoint {
  /** No further request is answered. */
  hang(): void;
}

const DEVELOPER_PATH = /^\/_(?:aws|local-aws|localstack)\//;

/** @param delayMs returns the delay before a request is forwarded, or before its answer is returned */
export async function startDistantEndpoint(upstream: string, delayMs: () => number): Promise<DistantEndpoint> {
  let isHanging = false;
  const forwarding = await startForwarding(upstream, async ({ request, response, forward }) => {
    if (isHanging) return;
    await delay(delayMs());
    if (DEVELOPER_PATH.test(request.url ?? '')) response.writeHead(404).end();
    else forward({ beforeAnswer: () => delay(delayMs()), evenWithoutClient: true });
  });
  return {
    ...forwarding,
    hang() {
      isHanging = true;
    },
  };
}
