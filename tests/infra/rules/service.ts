// Rules of the service and its cluster: autoscaling sets the number of tasks, and a failing release is rolled back.
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { ofType, type Rule, text, unless } from './rule.ts';

const strategySchema = z.array(
  z.object({ CapacityProvider: z.string(), Base: z.number().default(0), Weight: z.number().default(0) }),
);
const serviceSchema = z.looseObject({
  Cluster: z.string(),
  TaskDefinition: z.string(),
  DesiredCount: z.json().optional(),
  LaunchType: z.json().optional(),
  CapacityProviderStrategy: strategySchema.default([]),
  EnableExecuteCommand: z.boolean().default(false),
  LoadBalancers: z.array(z.json()).default([]),
  DeploymentConfiguration: z
    .looseObject({
      DeploymentCircuitBreaker: z.object({ Enable: z.boolean(), Rollback: z.boolean() }).optional(),
      MinimumHealthyPercent: z.number().optional(),
      MaximumPercent: z.number().optional(),
    })
    .default({}),
});
const clusterSchema = z.looseObject({
  CapacityProviders: z.array(z.string()).default([]),
  ClusterSettings: z.array(z.object({ Name: z.string(), Value: z.string() })).default([]),
});

const eachService = (name: string, check: (service: z.infer<typeof serviceSchema>) => string[]): Rule => ({
  name,
  check: ({ services }) =>
    ofType(services, 'AWS::ECS::Service', serviceSchema).flatMap(({ id, properties }) =>
      check(properties).map((problem) => `${id}: ${problem}`),
    ),
});

const count = eachService('the template has no number of tasks', ({ DesiredCount }) =>
  unless(DesiredCount === undefined, `DesiredCount ${text(DesiredCount)} undoes autoscaling at each deployment`),
);

const capacity = eachService('one task is on demand, all others are on Spot', (service) => {
  const { LaunchType, CapacityProviderStrategy: strategy } = service;
  const expected = [
    { CapacityProvider: 'FARGATE', Base: 1, Weight: 0 },
    { CapacityProvider: 'FARGATE_SPOT', Base: 0, Weight: 1 },
  ];
  return [
    ...unless(LaunchType === undefined, 'LaunchType is refused beside a strategy of capacity providers'),
    ...unless(isDeepStrictEqual(strategy, expected), `the strategy is ${text(strategy)}`),
  ];
});

const release = eachService('a release that does not work is undone', ({ DeploymentConfiguration: deployment }) => {
  const { DeploymentCircuitBreaker: breaker, MinimumHealthyPercent, MaximumPercent } = deployment;
  return [
    ...unless(breaker?.Enable === true && breaker.Rollback, 'it has no circuit breaker with rollback'),
    // With one task, 100 % keeps it running while its successor starts, and the maximum must allow both.
    ...unless(MinimumHealthyPercent === 100, `MinimumHealthyPercent is ${MinimumHealthyPercent}`),
    ...unless((MaximumPercent ?? 0) >= 200, `MaximumPercent is ${MaximumPercent}`),
  ];
});

const unreachable = eachService('no service can be reached from outside', ({ LoadBalancers, EnableExecuteCommand }) => [
  ...unless(LoadBalancers.length === 0, 'it has a load balancer'),
  ...unless(!EnableExecuteCommand, 'ECS Exec writes to the root file system, and opens a shell in the container'),
]);

const cluster: Rule = {
  name: 'the cluster has the capacity providers of the services, and no paid insights',
  check({ services }) {
    const clusters = ofType(services, 'AWS::ECS::Cluster', clusterSchema);
    const clusterOf = (ref: string) => clusters.find(({ id }) => services.refOf(id) === ref)?.properties;
    const missingProviders = ofType(services, 'AWS::ECS::Service', serviceSchema).flatMap(({ id, properties }) => {
      const providers = clusterOf(properties.Cluster)?.CapacityProviders ?? [];
      return properties.CapacityProviderStrategy.filter(
        ({ CapacityProvider }) => !providers.includes(CapacityProvider),
      ).map(({ CapacityProvider }) => `${id}: its cluster has no ${CapacityProvider}`);
    });
    const insights = clusters.filter(({ properties: { ClusterSettings } }) =>
      ClusterSettings.some(({ Name, Value }) => Name === 'containerInsights' && Value !== 'disabled'),
    );
    return [...missingProviders, ...insights.map(({ id }) => `${id}: Container Insights costs by the metric`)];
  },
};

export const SERVICE_RULES: readonly Rule[] = [count, capacity, release, unreachable, cluster];
