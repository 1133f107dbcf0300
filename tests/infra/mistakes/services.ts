// In the network, the service, its scaling and its alarms.
import { type Mistake, mistake, replace, set } from './make.ts';

export const IN_SERVICES: readonly Mistake[] = [
  mistake(
    'a number of tasks',
    'the template has no number of tasks',
    set('services', 'Resources/ConsumerService/Properties/DesiredCount', 1),
  ),
  mistake(
    'the world may come in',
    'nothing comes in',
    set('services', 'Resources/TaskSecurityGroup/Properties/SecurityGroupIngress', [
      { IpProtocol: 'tcp', FromPort: 9464, ToPort: 9464, CidrIp: '0.0.0.0/0' },
    ]),
  ),
  mistake(
    'everything may go out',
    'only HTTPS goes out',
    set('services', 'Resources/TaskSecurityGroup/Properties/SecurityGroupEgress', undefined),
  ),
  mistake(
    'tasks in public subnets have no address',
    'tasks reach SQS, ECR and CloudWatch Logs, and have a public address only where it is the way out',
    replace('services', 'ConsumerService', '"DISABLED","ENABLED"', '"DISABLED","DISABLED"'),
  ),
  mistake(
    'an endpoint lets no task in',
    'tasks reach SQS, ECR and CloudWatch Logs, and have a public address only where it is the way out',
    set('services', 'Resources/EndpointSecurityGroup/Properties/SecurityGroupIngress', undefined),
  ),
  mistake(
    'an interface endpoint is lacking',
    'tasks reach SQS, ECR and CloudWatch Logs, and have a public address only where it is the way out',
    set('services', 'Resources/SqsEndpoint', undefined),
  ),
  mistake(
    'private subnets pay for S3 at the NAT gateway',
    'S3 and DynamoDB are reached by gateway endpoints, which are free',
    replace(
      'services',
      'S3GatewayEndpoint',
      '[{"Ref":"PublicRoutes"},{"Ref":"PrivateRoutes"}]',
      '[{"Ref":"PublicRoutes"}]',
    ),
  ),
  mistake(
    'a NAT gateway that was not asked for',
    'nothing of the network is paid that was not asked for',
    set('services', 'Resources/NatAddress/Condition', 'MakesVpc'),
  ),
  mistake(
    'all tasks on Spot',
    'one task is on demand, all others are on Spot',
    set('services', 'Resources/ConsumerService/Properties/CapacityProviderStrategy/0/Base', 0),
  ),
  mistake(
    'a circuit breaker without rollback',
    'a release that does not work is undone',
    set(
      'services',
      'Resources/ConsumerService/Properties/DeploymentConfiguration/DeploymentCircuitBreaker/Rollback',
      false,
    ),
  ),
  mistake(
    'an alarm on a metric of paid insights',
    'alarms look at metrics that are published',
    replace('services', 'OldestMessage', 'ApproximateAgeOfOldestMessage', 'RunningTaskCount'),
  ),
  mistake(
    'an alarm on a metric that nothing publishes',
    'alarms look at metrics that are published',
    set('services', 'Resources/FatalLines', undefined),
  ),
  mistake(
    'the composite forgets an alarm',
    'the composite has every alarm for people, and no other',
    replace('services', 'NeedsAttention', `ALARM(\\"\${DeadLetters}\\")`, 'FALSE'),
  ),
  mistake(
    'an alarm says nothing to do',
    'an alarm for people says what to type',
    set('services', 'Resources/DeadLetters/Properties/AlarmDescription', 'Dead letters'),
  ),
  mistake(
    'steps with a gap',
    'the steps of a policy leave no gap and do not overlap',
    set('services', 'Resources/ScaleByWork/Properties/StepScalingPolicyConfiguration/StepAdjustments/1', undefined),
  ),
  mistake(
    'a policy that nothing sets off',
    'each policy is set off by an alarm',
    set('services', 'Resources/QueueIsEmpty/Properties/AlarmActions', undefined),
  ),
  mistake(
    'another service scales',
    'the service that scales is that of the stack, between its minimum and its maximum',
    replace('services', 'ConsumerScaling', `\${ConsumerService.Name}`, 'consumer'),
  ),
  mistake(
    'Container Insights',
    'the cluster has what the services use, and nothing that costs',
    replace('services', 'Cluster', '"disabled"', '"enabled"'),
  ),
  mistake(
    'the first task cannot fetch its image',
    'a task starts when its way out is there',
    set('services', 'Resources/ConsumerService/Metadata', {}),
  ),
  mistake(
    'a bucket with the services',
    'what has data is in the data stack alone',
    set('services', 'Resources/Bucket', { Type: 'AWS::S3::Bucket', Properties: {}, DependsOn: [], Metadata: {} }),
  ),
  mistake(
    'people are let into containers',
    'no service can be reached from outside',
    set('services', 'Resources/ConsumerService/Properties/EnableExecuteCommand', true),
  ),
  mistake(
    'the topic hears nothing',
    'the composite tells the topic, when there is one',
    set('services', 'Resources/NeedsAttention/Properties/AlarmActions', undefined),
  ),
];
