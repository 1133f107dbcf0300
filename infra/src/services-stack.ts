// The services stack, deployed with each release: consumers on Fargate, a task that sends jobs, a scheduled watcher
// that reports stalled jobs, scaling and alarms.
import { AWS_QUOTAS, type ResourceDefinitions } from '@movie-load/aws';
import { type App, BootstraplessSynthesizer, CfnOutput, CfnParameter, Fn, Stack } from 'aws-cdk-lib';
import { CfnCluster, CfnService } from 'aws-cdk-lib/aws-ecs';
import { acknowledge, REASON_EMPTY_DEFAULT_UNUSED } from './acknowledge.ts';
import { addAlarms } from './alarms.ts';
import { addNetwork, type Network } from './network.ts';
import { addKeyParameter, addRetentionParameter } from './parameters.ts';
import { addScaling } from './scaling.ts';
import { addTasks, type Tasks } from './tasks.ts';
import { addWatcher } from './watcher.ts';

export function createServicesStack(app: App, definitions: ResourceDefinitions): Stack {
  const stack = new Stack(app, 'MovieLoadServices', {
    synthesizer: new BootstraplessSynthesizer(),
    description: 'movie-load: consumers on Fargate, the task that sends jobs, scaling and alarms. Holds no data.',
  });
  const key = addKeyParameter(stack);
  const minConsumers = new CfnParameter(stack, 'MinConsumers', {
    type: 'Number',
    default: 1,
    minValue: 0,
    description:
      'The smallest number of consumers. 0: no consumer runs or costs anything while the queue is empty, but a new job waits until the first one has started.',
  });
  const maxConsumers = new CfnParameter(stack, 'MaxConsumers', {
    type: 'Number',
    default: 8,
    minValue: 1,
    description:
      'The largest number of consumers. Autoscaling sets the number between MinConsumers and MaxConsumers by how long the messages in the queue take to process.',
  });
  const tableUnits = new CfnParameter(stack, 'TableWriteUnits', {
    type: 'Number',
    default: AWS_QUOTAS.newTableWriteUnitsPerSecond,
    minValue: 1000,
    description:
      'Write units per second that the table accepts: 4000 for a new table, later its warm throughput. Autoscaling starts no more consumers than can use them.',
  });
  const network = addNetwork(stack);
  const tasks = addTasks(stack, {
    definitions,
    hasKey: key.isGiven,
    keyArn: key.value,
    retention: addRetentionParameter(stack),
  });
  const cluster = new CfnCluster(stack, 'Cluster', {
    capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    // Container Insights costs money for each metric, and nothing here uses it.
    clusterSettings: [{ name: 'containerInsights', value: 'disabled' }],
  });
  const service = addConsumerService(stack, { cluster, network, tasks });
  const names = {
    queue: definitions.queue.name,
    dlq: definitions.dlq.name,
    table: definitions.table.TableName,
  };
  const serviceNames = { clusterName: cluster.ref, serviceName: service.attrName };
  addScaling(stack, {
    ...serviceNames,
    queueName: names.queue,
    tableName: names.table,
    resourceId: Fn.sub(`service/\${${cluster.logicalId}}/\${${service.logicalId}.Name}`),
    minConsumers: minConsumers.valueAsNumber,
    maxConsumers: maxConsumers.valueAsNumber,
    tableUnits,
  });
  addWatcher(stack, { cluster, network, tasks });
  addAlarms(stack, { ...serviceNames, names, logGroup: tasks.logGroup, maxConsumers, tableUnits });
  new CfnOutput(stack, 'ClusterName', { value: cluster.ref });
  new CfnOutput(stack, 'ConsumerServiceName', { value: service.attrName });
  new CfnOutput(stack, 'LogGroupName', { value: tasks.logGroup.ref });
  addProducerCommand(stack, { cluster, network, tasks });
  return stack;
}

interface ServiceOptions {
  readonly cluster: CfnCluster;
  readonly network: Network;
  readonly tasks: Tasks;
}

/** The template sets no desired count, because each deployment would then reset the number that autoscaling has set. */
function addConsumerService(stack: Stack, { cluster, network, tasks }: ServiceOptions): CfnService {
  const service = new CfnService(stack, 'ConsumerService', {
    cluster: cluster.ref,
    taskDefinition: tasks.consumer.ref,
    // One task on demand, which AWS does not interrupt; all others on Fargate Spot, at a third of the price.
    capacityProviderStrategy: [
      { capacityProvider: 'FARGATE', base: 1, weight: 0 },
      { capacityProvider: 'FARGATE_SPOT', weight: 1 },
    ],
    deploymentConfiguration: {
      deploymentCircuitBreaker: { enable: true, rollback: true },
      minimumHealthyPercent: 100,
      maximumPercent: 200,
    },
    networkConfiguration: { awsvpcConfiguration: network.awsvpcConfiguration },
    enableEcsManagedTags: true,
    propagateTags: 'SERVICE',
  });
  // E1154, the format of a subnet's id, is reported here and for the watcher's schedule.
  acknowledge(service, 'E1154', REASON_EMPTY_DEFAULT_UNUSED);
  // Routes and endpoints must exist before a task starts. `DependsOn` may not name them, because conditions leave some
  // of them out, so the metadata refers to them.
  service.addMetadata('StartsAfter', network.routesAndEndpoints);
  return service;
}

/**
 * The reason for suppressing W1001 (a reference to a resource that a condition may leave out): CloudFormation Validate
 * does not resolve `Fn::If` in outputs. tests/infra does, for every choice of the parameters.
 */
const REASON_OUTPUT_RESOLVES_CONDITIONS = 'The output chooses subnets by the condition under which they are created.';

/** Adds the output SendJobCommand: the AWS CLI command that runs the producer's task, ready to paste. */
function addProducerCommand(stack: Stack, { cluster, network, tasks }: ServiceOptions): void {
  const overrides = JSON.stringify({ containerOverrides: [{ name: 'producer', command: ['--movies', '1000'] }] });
  const { subnets, securityGroups, assignPublicIp } = network.awsvpcConfiguration;
  acknowledge(stack, 'W1001', REASON_OUTPUT_RESOLVES_CONDITIONS);
  new CfnOutput(stack, 'SendJobCommand', {
    value: Fn.join('', [
      'aws ecs run-task --launch-type FARGATE --cluster ',
      cluster.ref,
      ' --task-definition ',
      tasks.producer.ref,
      " --network-configuration 'awsvpcConfiguration={subnets=[",
      Fn.join(',', subnets),
      '],securityGroups=[',
      ...securityGroups,
      '],assignPublicIp=',
      assignPublicIp,
      `}' --overrides '${overrides}'`,
    ]),
  });
}
