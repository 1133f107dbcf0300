// The embedded AWS, and its engines as pure objects for simulations.

export { DynamoDbEngine } from './dynamodb/engine.ts';
export { DynamoDbError } from './dynamodb/errors.ts';
export type { DynamoDbEngineOptions } from './dynamodb/state.ts';
export { type AttributeMap, unpackItem } from './dynamodb/values.ts';
export type { EntriesFault, Fault, Faults, OperationName } from './faults.ts';
export { LabClock } from './lab/clock.ts';
export { FAULT_PRESETS } from './lab/fault-presets.ts';
export { type FaultRule, FaultRuleError } from './lab/fault-rule.ts';
export { FaultRules } from './lab/fault-rules.ts';
export { MessageHistories, type MessageHistory } from './lab/history.ts';
export { createLab, LAB_PATH, type Lab } from './lab/lab.ts';
export { type LocalAws, type LocalAwsOptions, startLocalAws } from './local-aws.ts';
export { S3Engine } from './s3/engine.ts';
export { S3Error, type S3ErrorName } from './s3/errors.ts';
export type { S3EngineOptions } from './s3/state.ts';
export { SqsEngine } from './sqs/engine.ts';
export { SqsError } from './sqs/errors.ts';
export { IN_FLIGHT, type Message } from './sqs/message.ts';
export type { MoveTask } from './sqs/move-task.ts';
export type { Queue } from './sqs/queue.ts';
export type { MessageEvent, MessageEventKind, QueueHooks } from './sqs/queue-hooks.ts';
export type { SqsEngineOptions } from './sqs/state.ts';
