// Mistakes in the network, the service, its scaling and its alarms.
import { type Mistake, mistake, replace, set } from './make.ts';

export const SERVICE_MISTAKES: readonly Mistake[] = [
  mistake(
    'the service has a fixed number of tasks',
    'the template has no number of tasks',
    set('services', 'Resources/ConsumerService/Properties/DesiredCount', 1),
  ),
  mistake(
    'the security group accepts traffic from everywhere',
    'security groups allow no incoming traffic but that of tasks to endpoints',
    set('services', 'Resources/TaskSecurityGroup/Properties/SecurityGroupIngress', [
      { IpProtocol: 'tcp', FromPort: 9464, ToPort: 9464, CidrIp: '0.0.0.0/0' },
    ]),
  ),
  mistake(
    'the security group allows all outgoing traffic',
    'security groups allow only outgoing HTTPS',
    set('services', 'Resources/TaskSecurityGroup/Properties/SecurityGroupEgress', undefined),
  ),
  mistake(
    'tasks in public subnets have no address',
    'tasks reach SQS, ECR and CloudWatch Logs, and have a public address only if they need it for that',
    replace('services', 'ConsumerService', '"DISABLED","ENABLED"', '"DISABLED","DISABLED"'),
  ),
  mistake(
    'an endpoint accepts no traffic of tasks',
    'tasks reach SQS, ECR and CloudWatch Logs, and have a public address only if they need it for that',
    set('services', 'Resources/EndpointSecurityGroup/Properties/SecurityGroupIngress', undefined),
  ),
  mistake(
    'an interface endpoint is missing',
    'tasks reach SQS, ECR and CloudWatch Logs, and have a public address only if they need it for that',
    replace('services', 'SqsEndpoint', '.sqs"', '.sns"'),
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
    'a NAT gateway is created without being needed',
    'the network has no paid resource that the choice of Network does not need',
    set('services', 'Resources/NatAddress/Condition', 'CreatesVpc'),
  ),
  mistake(
    'all tasks run on Spot',
    'one task is on demand, all others are on Spot',
    set('services', 'Resources/ConsumerService/Properties/CapacityProviderStrategy/0/Base', 0),
  ),
  mistake(
    'the circuit breaker has no rollback',
    'a release that does not work is undone',
    set(
      'services',
      'Resources/ConsumerService/Properties/DeploymentConfiguration/DeploymentCircuitBreaker/Rollback',
      false,
    ),
  ),
  mistake(
    'an alarm uses a metric of paid insights',
    'alarms use metrics that are published',
    replace('services', 'OldestMessage', 'ApproximateAgeOfOldestMessage', 'RunningTaskCount'),
  ),
  mistake(
    'an alarm uses a metric that nothing publishes',
    'alarms use metrics that are published',
    set('services', 'Resources/FatalLines', undefined),
  ),
  mistake(
    'the composite alarm leaves out an alarm',
    'the composite alarm has every alarm for people, and no other',
    replace('services', 'NeedsAttention', `ALARM(\\"\${DeadLetters}\\")`, 'FALSE'),
  ),
  mistake(
    'the description of an alarm has nothing to type',
    'an alarm for people says what to type',
    set('services', 'Resources/DeadLetters/Properties/AlarmDescription', 'Dead letters'),
  ),
  mistake(
    'the steps have a gap',
    'the steps of a policy leave no gap and do not overlap',
    set('services', 'Resources/ScaleByWork/Properties/StepScalingPolicyConfiguration/StepAdjustments/1', undefined),
  ),
  mistake(
    'no alarm triggers a policy',
    'an alarm triggers each scaling policy',
    set('services', 'Resources/QueueIsEmpty/Properties/AlarmActions', undefined),
  ),
  mistake(
    'another service is scaled',
    'the scaling target is the service of the stack, between its minimum and its maximum',
    replace('services', 'ConsumerScaling', `\${ConsumerService.Name}`, 'consumer'),
  ),
  mistake(
    'Container Insights are on',
    'the cluster has the capacity providers of the services, and no paid insights',
    replace('services', 'Cluster', '"disabled"', '"enabled"'),
  ),
  mistake(
    'the first task cannot fetch its image',
    'a task starts after its route to AWS is created',
    set('services', 'Resources/ConsumerService/Metadata', {}),
  ),
  mistake(
    'the services stack has a bucket',
    'only the data stack has resources with data',
    set('services', 'Resources/Bucket', { Type: 'AWS::S3::Bucket', Properties: {}, DependsOn: [], Metadata: {} }),
  ),
  mistake(
    'people may open a shell in containers',
    'no service can be reached from outside',
    set('services', 'Resources/ConsumerService/Properties/EnableExecuteCommand', true),
  ),
  mistake(
    'the topic is not notified',
    'the composite alarm notifies the topic, if one is given',
    set('services', 'Resources/NeedsAttention/Properties/AlarmActions', undefined),
  ),
];
