// StartMessageMoveTask, ListMessageMoveTasks, CancelMessageMoveTask.

import { randomBytes } from 'node:crypto';
import type { SqsEngine } from '../engine.ts';
import { SqsError } from '../errors.ts';
import { optionalText, optionalWhole, text } from '../input.ts';
import { MoveTask } from '../move-task.ts';
import type { Queue } from '../queue.ts';
import type { Operations } from './operation.ts';

const MAX_PER_SECOND = 500;
/** Tasks that a list can show of one source. */
const REMEMBERED = 10;

function existing(engine: SqsEngine, arn: string, parameter: string): Queue {
  const queue = engine.queueByArn(arn);
  if (queue === undefined) {
    throw new SqsError(
      'ResourceNotFoundException',
      `The resource that you specified for the ${parameter} parameter doesn't exist.`,
    );
  }
  return queue;
}

const tasksOf = (engine: SqsEngine, arn: string): MoveTask[] =>
  engine.moveTasks.filter((task) => task.sourceArn === arn);

export const MOVE_TASK_OPERATIONS: Operations = {
  StartMessageMoveTask(engine, input) {
    const source = existing(engine, text(input, 'SourceArn'), 'SourceArn');
    const destinationArn = optionalText(input, 'DestinationArn');
    if (destinationArn !== undefined) existing(engine, destinationArn, 'DestinationArn');
    const perSecond = optionalWhole(input, 'MaxNumberOfMessagesPerSecond', 1, MAX_PER_SECOND);
    const isTarget = [...engine.queues.values()].some(
      (queue) => queue.settings.redrivePolicy?.deadLetterTargetArn === source.arn,
    );
    if (!isTarget) {
      throw new SqsError('InvalidParameterValue', 'Source queue must be configured as a Dead Letter Queue.');
    }
    const earlier = tasksOf(engine, source.arn);
    if (earlier.some((task) => task.status === 'RUNNING')) {
      throw new SqsError(
        'InvalidParameterValue',
        'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
      );
    }
    source.advance(engine.now());
    const handle = Buffer.from(`${randomBytes(12).toString('hex')} ${source.arn}`).toString('base64');
    const task = new MoveTask({ source, destinationArn, perSecond }, handle, engine.now());
    for (const old of earlier.slice(0, earlier.length + 1 - REMEMBERED)) {
      engine.moveTasks.splice(engine.moveTasks.indexOf(old), 1);
    }
    engine.moveTasks.push(task);
    engine.onMoveTask(task);
    return { TaskHandle: handle };
  },

  ListMessageMoveTasks(engine, input) {
    const source = existing(engine, text(input, 'SourceArn'), 'SourceArn');
    const max = optionalWhole(input, 'MaxResults', 1, REMEMBERED) ?? 1;
    const tasks = tasksOf(engine, source.arn).toReversed().slice(0, max);
    return tasks.length === 0 ? {} : { Results: tasks.map((task) => task.describe()) };
  },

  CancelMessageMoveTask(engine, input) {
    const handle = text(input, 'TaskHandle');
    if (!Buffer.from(handle, 'base64').toString().includes(' arn:')) {
      throw new SqsError('InvalidParameterValue', 'Value for parameter TaskHandle is invalid.');
    }
    const task = engine.moveTasks.find((one) => one.handle === handle && one.status === 'RUNNING');
    if (task === undefined) {
      throw new SqsError('ResourceNotFoundException', 'The task does not exist or does not run.');
    }
    task.cancel();
    return { ApproximateNumberOfMessagesMoved: task.moved };
  },
};
