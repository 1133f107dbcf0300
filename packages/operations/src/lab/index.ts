// The lab of `movie-load up --lab`, as the command line and the page use it. Only the embedded AWS has one, and it is in no image.
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
