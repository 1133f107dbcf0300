// Rules of the schedule that looks for stalled jobs: it starts the watcher, may do nothing else, and the alarm reads
// its number.
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Deployment } from '../../support/template.ts';
import { alarmsOf } from './alarms.ts';
import { tasksOf } from './containers.ts';
import { filtersOf } from './metrics.ts';
import { roleSchema } from './roles.ts';
import { ofType, type Rule, text, unless } from './rule.ts';

const scheduleSchema = z.looseObject({
  ScheduleExpression: z.string(),
  State: z.string().default('ENABLED'),
  FlexibleTimeWindow: z.object({ Mode: z.string() }),
  Target: z.looseObject({
    Arn: z.string(),
    RoleArn: z.string(),
    RetryPolicy: z.object({ MaximumEventAgeInSeconds: z.number() }).optional(),
    EcsParameters: z.looseObject({ TaskDefinitionArn: z.string(), LaunchType: z.string().optional() }),
  }),
});
type Schedule = z.infer<typeof scheduleSchema>;

const schedulesOf = (services: Deployment) => ofType(services, 'AWS::Scheduler::Schedule', scheduleSchema);

/** NaN for any other expression. */
const minutesOf = ({ ScheduleExpression }: Schedule): number =>
  Number(/^rate\((\d+) minutes\)$/.exec(ScheduleExpression)?.[1]);

/** The options with which the watcher prints one line of JSON that fits into a line of the log. */
const COMMAND = ['jobs', '--stalled', '--limit', '1', '--json', '--aws'];

const starts: Rule = {
  name: 'a schedule looks for stalled jobs, in the cluster of the stack',
  check({ services }) {
    const watcher = tasksOf(services).find(({ container }) => container.Name === 'watcher');
    const schedules = schedulesOf(services);
    return [
      ...unless(schedules.length === 1, `there are ${schedules.length} schedules`),
      ...unless(
        isDeepStrictEqual(watcher?.container.Command, COMMAND),
        `the watcher runs ${text(watcher?.container.Command)}`,
      ),
      ...schedules.flatMap(({ id, properties }) => {
        const { State, FlexibleTimeWindow, Target } = properties;
        const retriesSeconds = Target.RetryPolicy?.MaximumEventAgeInSeconds ?? Infinity;
        return [
          ...unless(State === 'ENABLED', `${id} is ${State}`),
          ...unless(FlexibleTimeWindow.Mode === 'OFF', `${id} may be late`),
          ...unless(Target.Arn === 'Cluster.Arn', `${id}: its cluster is ${Target.Arn}`),
          ...unless(
            watcher !== undefined && Target.EcsParameters.TaskDefinitionArn === services.refOf(watcher.id),
            `${id} starts ${Target.EcsParameters.TaskDefinitionArn}`,
          ),
          ...unless(Target.EcsParameters.LaunchType === 'FARGATE', `${id}: its task is not on Fargate`),
          ...unless(retriesSeconds < minutesOf(properties) * 60, `${id} is tried again after the next run`),
        ];
      }),
    ];
  },
};

const stalledJobsAlarm: Rule = {
  name: 'the alarm of stalled jobs reads the number that the watcher prints, and stays on between two runs',
  check({ services }) {
    const alarm = alarmsOf(services).find(({ id }) => id === 'StalledJobs')?.properties;
    const [stat] = alarm?.Metrics.flatMap(({ MetricStat }) => MetricStat ?? []) ?? [];
    const filter = filtersOf(services).find(({ properties }) =>
      properties.MetricTransformations.some(({ MetricName }) => MetricName === stat?.Metric.MetricName),
    )?.properties;
    if (alarm === undefined || stat === undefined || filter === undefined) return ['there is no alarm with its filter'];
    const evaluatedMinutes = (alarm.EvaluationPeriods * stat.Period) / 60;
    return [
      ...unless(filter.FilterPattern === '{ $.stalled >= 0 }', `the filter is ${filter.FilterPattern}`),
      ...unless(
        filter.MetricTransformations.every(({ MetricValue }) => MetricValue === '$.stalled'),
        'the filter counts lines instead of jobs',
      ),
      ...unless(alarm.DatapointsToAlarm === 1, 'one run is not enough for the alarm'),
      ...unless(alarm.TreatMissingData === 'notBreaching', 'missing data, as between two runs, turns the alarm on'),
      ...schedulesOf(services).flatMap(({ properties }) =>
        unless(
          evaluatedMinutes > minutesOf(properties),
          `the alarm evaluates ${evaluatedMinutes} minutes, ${properties.ScheduleExpression}`,
        ),
      ),
    ];
  },
};

const ALLOWED_STATEMENTS = [
  {
    Action: ['ecs:RunTask'],
    Resource: ['WatcherTask'],
    Condition: { ArnEquals: { 'ecs:cluster': 'Cluster.Arn' } },
  },
  {
    Action: ['iam:PassRole'],
    Resource: ['WatcherRole.Arn', 'ExecutionRole.Arn'],
    Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
  },
];

const leastPrivilege: Rule = {
  name: 'the role of the schedule allows only to start its task with the roles of the task',
  check({ services }) {
    const role = ofType(services, 'AWS::IAM::Role', roleSchema).find(({ id }) => id === 'ScheduleRole')?.properties;
    const statements = role?.Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement).map(
      ({ Action, Resource, Condition }) => ({ Action, Resource, Condition }),
    );
    return [
      ...unless(isDeepStrictEqual(statements, ALLOWED_STATEMENTS), `ScheduleRole may ${text(statements as never)}`),
      ...schedulesOf(services).flatMap(({ id, properties: { Target } }) =>
        unless(Target.RoleArn === 'ScheduleRole.Arn', `${id}: its role is ${Target.RoleArn}`),
      ),
    ];
  },
};

export const SCHEDULE_RULES: readonly Rule[] = [starts, stalledJobsAlarm, leastPrivilege];
