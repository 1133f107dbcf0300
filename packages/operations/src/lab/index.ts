// The client side of the lab of `movie-load up --lab`, for the command line and the page. Only the embedded AWS has a
// lab, and images do not contain it.
export { type ClockView, clockSchema, LONGEST_FORWARD_MS } from './clock.ts';
export {
  type ActiveRule,
  faultRuleSchema,
  faultsSchema,
  howOften,
  rulesSchema,
  whatHappens,
} from './faults.ts';
export { eventText, type MessageHistory, readMessageHistory } from './history.ts';
export {
  type LabQueueAnswer,
  type LabQueueRequest,
  LONGEST_VISIBILITY,
  LONGEST_WAIT,
  labQueueAnswerSchema,
  labQueueRequestSchema,
} from './queue.ts';
