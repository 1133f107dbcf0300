// The EventBridge schedule that runs the watcher, which reports stalled jobs. The console, which also reports them, is
// not deployed on AWS.
import type { Stack } from 'aws-cdk-lib';
import type { CfnCluster } from 'aws-cdk-lib/aws-ecs';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { Network } from './network.ts';
import { policyDocument } from './placeholders.ts';
import { serviceTrust } from './roles.ts';
import type { Tasks } from './tasks.ts';

export const CHECK_EVERY_MINUTES = 15;
/** How long EventBridge retries to start a run: less than the time to the next run. Its default is a day. */
const RETRY_FOR_SECONDS = 600;

export interface WatcherOptions {
  readonly cluster: CfnCluster;
  readonly network: Network;
  readonly tasks: Tasks;
}

export function addWatcher(stack: Stack, options: WatcherOptions): void {
  const { cluster, network, tasks } = options;
  new CfnSchedule(stack, 'WatcherSchedule', {
    description: 'movie-load: looks for stalled jobs',
    scheduleExpression: `rate(${CHECK_EVERY_MINUTES} minutes)`,
    flexibleTimeWindow: { mode: 'OFF' },
    target: {
      arn: cluster.attrArn,
      roleArn: addScheduleRole(stack, options).attrArn,
      retryPolicy: { maximumEventAgeInSeconds: RETRY_FOR_SECONDS },
      ecsParameters: {
        taskDefinitionArn: tasks.watcher.ref,
        launchType: 'FARGATE',
        networkConfiguration: { awsvpcConfiguration: network.awsvpcConfiguration },
      },
    },
  });
}

/** The role of the schedule: it may run the watcher's task in this cluster, and pass the task its two roles. */
function addScheduleRole(stack: Stack, { cluster, tasks }: WatcherOptions): CfnRole {
  return new CfnRole(stack, 'ScheduleRole', {
    description: 'movie-load: starts the watcher',
    assumeRolePolicyDocument: serviceTrust('scheduler'),
    policies: [
      {
        policyName: 'schedule',
        policyDocument: policyDocument(
          {
            Sid: 'StartTheWatcher',
            Effect: 'Allow',
            Action: 'ecs:RunTask',
            Resource: tasks.watcher.ref,
            Condition: { ArnEquals: { 'ecs:cluster': cluster.attrArn } },
          },
          {
            Sid: 'PassTheRolesOfTheTask',
            Effect: 'Allow',
            Action: 'iam:PassRole',
            Resource: [tasks.watcherRole.attrArn, tasks.executionRole.attrArn],
            Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
          },
        ),
      },
    ],
  });
}
