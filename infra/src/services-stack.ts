// The stack that is deployed with each release: consumers on Fargate, a task that sends jobs, scaling and alarms.
import { AWS_QUOTAS, type ResourceDefinitions } from '@movie-load/aws';
import { type App, BootstraplessSynthesizer, CfnOutput, CfnParameter, Fn, Stack } from 'aws-cdk-lib';
import { CfnCluster, CfnService } from 'aws-cdk-lib/aws-ecs';
import { acknowledge, EMPTY_ONLY_WHERE_UNUSED } from './acknowledge.ts';
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
  const minimum = new CfnParameter(stack, 'MinConsumers', {
    type: 'Number',
    default: 1,
    minValue: 0,
    description:
      '0: nothing runs and nothing is paid while the queue is empty, and a new job waits for its first task.',
  });
  const maximum = new CfnParameter(stack, 'MaxConsumers', {
    type: 'Number',
    default: 8,
    minValue: 1,
    description: 'The work in the queue decides between minimum and maximum.',
  });
  const tableUnits = new CfnParameter(stack, 'TableWriteUnits', {
    type: 'Number',
    default: AWS_QUOTAS.newTableWriteUnitsPerSecond,
    minValue: 1000,
    description:
      'Write units a second that the table takes: 4000 when it is new, then its warm throughput. They bound scaling.',
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
    // Container Insights are paid by the metric, and nothing here needs them.
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
    minimum: minimum.valueAsNumber,
    maximum: maximum.valueAsNumber,
    tableUnits,
  });
  addWatcher(stack, { cluster, network, tasks });
  addAlarms(stack, { ...serviceNames, names, logGroup: tasks.logGroup, maximum, tableUnits });
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

/** The service has no desired count, because a number in the template would undo autoscaling at each deployment. */
function addConsumerService(stack: Stack, { cluster, network, tasks }: ServiceOptions): CfnService {
  const service = new CfnService(stack, 'ConsumerService', {
    cluster: cluster.ref,
    taskDefinition: tasks.consumer.ref,
    // One task on capacity that AWS does not interrupt, all others at a third of the price.
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
  acknowledge(service, 'E1154', EMPTY_ONLY_WHERE_UNUSED);
  service.addMetadata('StartsAfter', network.waysOut);
  return service;
}

/** The validator does not resolve `Fn::If` in outputs. tests/infra does, for every choice of the parameters. */
const OUTPUTS_CHOOSE = 'The output chooses subnets by the condition under which they are made.';

/** The command that sends a job, ready to paste. */
function addProducerCommand(stack: Stack, { cluster, network, tasks }: ServiceOptions): void {
  const overrides = JSON.stringify({ containerOverrides: [{ name: 'producer', command: ['--movies', '1000'] }] });
  const { subnets, securityGroups, assignPublicIp } = network.awsvpcConfiguration;
  acknowledge(stack, 'W1001', OUTPUTS_CHOOSE);
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
