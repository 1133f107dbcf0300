// Lets a call be late, fail before its effect, or lose its answer.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Fault, Faults } from '../faults.ts';
import { answerFault } from './aws-errors.ts';
import type { LegacyRoute } from './legacy.ts';
import { loseAnswer } from './lose-answer.ts';

export function withFaults(
  faults: Faults,
  route: LegacyRoute,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { operation } = route;
  const fail = (fault: Fault): void => answerFault(response, fault);
  const run = (): void => {
    const before = faults.before?.(operation);
    if (before !== undefined) {
      request.resume();
      fail(before);
      return;
    }
    const after = faults.after?.(operation);
    if (after !== undefined) loseAnswer(response, () => fail(after));
    route.handle(request, response);
  };
  const delayMs = faults.delayMs?.(operation) ?? 0;
  if (delayMs > 0) setTimeout(run, delayMs);
  else run();
}
