// StartMessageMoveTask, ListMessageMoveTasks, CancelMessageMoveTask.

import { randomUUID } from 'node:crypto';
import { SqsError } from '../errors.ts';
import { isObject, optionalText, optionalWhole, text } from '../input.ts';
import { MoveTask } from '../move-task.ts';
import type { Queue } from '../queue.ts';
import type { SqsState } from '../state.ts';
import type { Operations } from './operation.ts';

const MAX_PER_SECOND = 500;
/** The largest number of tasks of one source that a list returns. */
const REMEMBERED = 10;

function existing(state: SqsState, arn: string, parameter: string): Queue {
  const queue = state.queueByArn(arn);
  if (queue === undefined) {
    throw new SqsError(
      'ResourceNotFoundException',
      `The resource that you specified for the ${parameter} parameter doesn't exist.`,
    );
  }
  return queue;
}

/** A task handle is JSON in base64: the task's id and its source. @returns undefined for an invalid one */
function sourceArnOf(handle: string): string | undefined {
  try {
    const parts: unknown = JSON.parse(Buffer.from(handle, 'base64').toString());
    return isObject(parts) && typeof parts.taskId === 'string' && typeof parts.sourceArn === 'string'
      ? parts.sourceArn
      : undefined;
  } catch {
    return undefined;
  }
}

const tasksOf = (state: SqsState, arn: string): MoveTask[] => state.moveTasks.filter((task) => task.sourceArn === arn);

export const MOVE_TASK_OPERATIONS: Operations = {
  StartMessageMoveTask(state, input) {
    const source = existing(state, text(input, 'SourceArn'), 'SourceArn');
    const perSecond = optionalWhole(input, 'MaxNumberOfMessagesPerSecond', 1, MAX_PER_SECOND);
    const isTarget = [...state.queues.values()].some(
      (queue) => queue.settings.redrivePolicy?.deadLetterTargetArn === source.arn,
    );
    if (!isTarget) {
      throw new SqsError('InvalidParameterValue', 'Source queue must be configured as a Dead Letter Queue.');
    }
    const destinationArn = optionalText(input, 'DestinationArn') || undefined;
    if (destinationArn !== undefined) existing(state, destinationArn, 'DestinationArn');
    const earlier = tasksOf(state, source.arn);
    if (earlier.some((task) => task.status === 'RUNNING')) {
      throw new SqsError(
        'InvalidParameterValue',
        'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
      );
    }
    source.advance(state.now());
    const handle = Buffer.from(JSON.stringify({ taskId: randomUUID(), sourceArn: source.arn })).toString('base64');
    const task = new MoveTask({ source, destinationArn, perSecond }, handle, state.now());
    for (const old of earlier.slice(0, Math.max(0, earlier.length + 1 - REMEMBERED))) {
      state.moveTasks.splice(state.moveTasks.indexOf(old), 1);
    }
    state.moveTasks.push(task);
    state.onMoveTask(task);
    return { TaskHandle: handle };
  },

  ListMessageMoveTasks(state, input) {
    const source = existing(state, text(input, 'SourceArn'), 'SourceArn');
    const max = optionalWhole(input, 'MaxResults', 1, REMEMBERED) ?? 1;
    const tasks = tasksOf(state, source.arn).toReversed().slice(0, max);
    return tasks.length === 0 ? {} : { Results: tasks.map((task) => task.describe()) };
  },

  CancelMessageMoveTask(state, input) {
    const handle = text(input, 'TaskHandle');
    const sourceArn = sourceArnOf(handle);
    if (sourceArn === undefined) {
      throw new SqsError('InvalidParameterValue', 'Value for parameter TaskHandle is invalid.');
    }
    existing(state, sourceArn, 'SourceArn');
    const task = state.moveTasks.find((one) => one.handle === handle);
    if (task === undefined) throw new SqsError('ResourceNotFoundException', 'Task does not exist.');
    if (task.status !== 'RUNNING') {
      throw new SqsError('UnsupportedOperation', 'Only active tasks can be cancelled.');
    }
    task.cancel();
    return { ApproximateNumberOfMessagesMoved: task.moved };
  },
};
