// VPC endpoints of the VPC that the stack creates: for S3 and DynamoDB, and with Network=endpoints also for the other
// AWS services that tasks need, so that tasks need no route to the internet. With Network=own the stack creates none.
import { type CfnCondition, Fn, type Stack, Token } from 'aws-cdk-lib';
import { type CfnRouteTable, CfnSecurityGroup, type CfnSubnet, type CfnVPC, CfnVPCEndpoint } from 'aws-cdk-lib/aws-ec2';
import { REGION, substitute } from './placeholders.ts';

/**
 * The AWS services, besides S3 and DynamoDB, that a task calls (SQS), or that ECS calls for it (ECR, CloudWatch Logs).
 */
export const INTERFACE_ENDPOINTS = ['sqs', 'logs', 'ecr.api', 'ecr.dkr'];
const GATEWAY_ENDPOINTS = ['s3', 'dynamodb'];

interface GatewayOptions {
  readonly conditions: { readonly createsVpc: CfnCondition; readonly isPrivate: CfnCondition };
  readonly publicRouteTable: CfnRouteTable;
  readonly privateRouteTable: CfnRouteTable;
}

/** Gateway endpoints are free, and keep the traffic to S3 and DynamoDB away from a NAT gateway, which bills each GB. */
export function addGatewayEndpoints(
  stack: Stack,
  vpc: CfnVPC,
  { conditions, publicRouteTable, privateRouteTable }: GatewayOptions,
): CfnVPCEndpoint[] {
  const routeTableIds = Fn.conditionIf(
    conditions.isPrivate.logicalId,
    [publicRouteTable.ref, privateRouteTable.ref],
    [publicRouteTable.ref],
  );
  return GATEWAY_ENDPOINTS.map((service) => {
    const endpoint = new CfnVPCEndpoint(stack, `${idOf(service)}GatewayEndpoint`, {
      vpcId: vpc.ref,
      vpcEndpointType: 'Gateway',
      serviceName: serviceName(service),
      routeTableIds: Token.asList(routeTableIds),
    });
    endpoint.cfnOptions.condition = conditions.createsVpc;
    return endpoint;
  });
}

interface InterfaceOptions {
  readonly condition: CfnCondition;
  readonly subnets: readonly CfnSubnet[];
  /** The security group of the tasks, from which the endpoints accept connections. */
  readonly taskSecurityGroup: CfnSecurityGroup;
}

/** Interface endpoints cost money per hour and zone. They have private DNS names, so tasks use the usual host names. */
export function addInterfaceEndpoints(
  stack: Stack,
  vpc: CfnVPC,
  { condition, subnets, taskSecurityGroup }: InterfaceOptions,
): CfnVPCEndpoint[] {
  const securityGroup = new CfnSecurityGroup(stack, 'EndpointSecurityGroup', {
    groupDescription: 'Interface endpoints: HTTPS from the tasks of movie-load',
    vpcId: vpc.ref,
    securityGroupIngress: [
      {
        ipProtocol: 'tcp',
        fromPort: 443,
        toPort: 443,
        sourceSecurityGroupId: taskSecurityGroup.ref,
        description: 'HTTPS of tasks',
      },
    ],
  });
  securityGroup.cfnOptions.condition = condition;
  return INTERFACE_ENDPOINTS.map((service) => {
    const endpoint = new CfnVPCEndpoint(stack, `${idOf(service)}Endpoint`, {
      vpcId: vpc.ref,
      vpcEndpointType: 'Interface',
      serviceName: serviceName(service),
      privateDnsEnabled: true,
      subnetIds: subnets.map(({ ref }) => ref),
      securityGroupIds: [securityGroup.ref],
    });
    endpoint.cfnOptions.condition = condition;
    return endpoint;
  });
}

const serviceName = (service: string): string => substitute(`com.amazonaws.${REGION}.${service}`);

/** The part of a logical id for a service: `EcrApi` for `ecr.api`. */
const idOf = (service: string): string =>
  service
    .split('.')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
