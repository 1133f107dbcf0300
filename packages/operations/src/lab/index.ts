// The client side of the lab of `movie-load up --lab`, for the command line and the page. Only the embedded AWS has a
// lab, and images do not contain it.
export { type ClockView, clockSchema, MAX_FORWARD_MS } from './clock.ts';
export {
  type ActiveRule,
  faultRuleSchema,
  faultsSchema,
  faultText,
  frequencyText,
  rulesSchema,
} from './faults.ts';
export { eventText, type MessageHistory, readMessageHistory } from './history.ts';
export {
  type LabQueueRequest,
  type LabQueueResponse,
  labQueueRequestSchema,
  labQueueResponseSchema,
  MAX_VISIBILITY,
  MAX_WAIT,
} from './queue.ts';
