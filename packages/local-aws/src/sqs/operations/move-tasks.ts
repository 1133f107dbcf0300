// StartMessageMoveTask, ListMessageMoveTasks, CancelMessageMoveTask.

import { randomUUID } from 'node:crypto';
import { SqsError } from '../errors.ts';
import { isObject, optionalInteger, optionalText, requiredText } from '../input.ts';
import { MoveTask } from '../move-task.ts';
import type { Queue } from '../queue.ts';
import type { SqsState } from '../state.ts';
import type { Operations } from './operation.ts';

const MAX_PER_SECOND = 500;
/** The number of tasks that are kept for each source queue, and the limit of a list. */
const MAX_TASKS_PER_SOURCE = 10;

function requiredQueue(state: SqsState, arn: string, parameter: string): Queue {
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
    const source = requiredQueue(state, requiredText(input, 'SourceArn'), 'SourceArn');
    const perSecond = optionalInteger(input, 'MaxNumberOfMessagesPerSecond', 1, MAX_PER_SECOND);
    const isTarget = [...state.queues.values()].some(
      (queue) => queue.settings.redrivePolicy?.deadLetterTargetArn === source.arn,
    );
    if (!isTarget) {
      throw new SqsError('InvalidParameterValue', 'Source queue must be configured as a Dead Letter Queue.');
    }
    const destinationArn = optionalText(input, 'DestinationArn') || undefined;
    if (destinationArn !== undefined) requiredQueue(state, destinationArn, 'DestinationArn');
    const earlierTasks = tasksOf(state, source.arn);
    if (earlierTasks.some((task) => task.status === 'RUNNING')) {
      throw new SqsError(
        'InvalidParameterValue',
        'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
      );
    }
    source.advance(state.now());
    const handle = Buffer.from(JSON.stringify({ taskId: randomUUID(), sourceArn: source.arn })).toString('base64');
    const task = new MoveTask({ source, destinationArn, perSecond }, handle, state.now());
    for (const oldTask of earlierTasks.slice(0, Math.max(0, earlierTasks.length + 1 - MAX_TASKS_PER_SOURCE))) {
      state.moveTasks.splice(state.moveTasks.indexOf(oldTask), 1);
    }
    state.moveTasks.push(task);
    state.onMoveTask(task);
    return { TaskHandle: handle };
  },

  ListMessageMoveTasks(state, input) {
    const source = requiredQueue(state, requiredText(input, 'SourceArn'), 'SourceArn');
    const max = optionalInteger(input, 'MaxResults', 1, MAX_TASKS_PER_SOURCE) ?? 1;
    const tasks = tasksOf(state, source.arn).toReversed().slice(0, max);
    return tasks.length === 0 ? {} : { Results: tasks.map((task) => task.describe()) };
  },

  CancelMessageMoveTask(state, input) {
    const handle = requiredText(input, 'TaskHandle');
    const sourceArn = sourceArnOf(handle);
    if (sourceArn === undefined) {
      throw new SqsError('InvalidParameterValue', 'Value for parameter TaskHandle is invalid.');
    }
    requiredQueue(state, sourceArn, 'SourceArn');
    const task = state.moveTasks.find((candidate) => candidate.handle === handle);
    if (task === undefined) throw new SqsError('ResourceNotFoundException', 'Task does not exist.');
    if (task.status !== 'RUNNING') {
      throw new SqsError('UnsupportedOperation', 'Only active tasks can be cancelled.');
    }
    task.cancel();
    return { ApproximateNumberOfMessagesMoved: task.movedCount };
  },
};
