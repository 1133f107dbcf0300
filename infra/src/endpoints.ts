// Endpoints of a VPC: for S3, DynamoDB and, on request, the other services of AWS, so that no way to the internet is
// needed.
import { type CfnCondition, Fn, type Stack, Token } from 'aws-cdk-lib';
import { type CfnRouteTable, CfnSecurityGroup, type CfnSubnet, type CfnVPC, CfnVPCEndpoint } from 'aws-cdk-lib/aws-ec2';
import { REGION, text } from './texts.ts';

/** Services besides S3 and DynamoDB that a task calls, or ECS for it (ECR and logs). */
export const INTERFACE_ENDPOINTS = ['sqs', 'logs', 'ecr.api', 'ecr.dkr'];
const GATEWAY_ENDPOINTS = ['s3', 'dynamodb'];

interface GatewayOptions {
  readonly is: { readonly made: CfnCondition; readonly private: CfnCondition };
  readonly open: CfnRouteTable;
  readonly closed: CfnRouteTable;
}

/** Gateway endpoints are free, and with them no traffic of S3 and DynamoDB passes a NAT gateway. */
export function addGatewayEndpoints(stack: Stack, vpc: CfnVPC, { is, open, closed }: GatewayOptions): CfnVPCEndpoint[] {
  const tables = Fn.conditionIf(is.private.logicalId, [open.ref, closed.ref], [open.ref]);
  return GATEWAY_ENDPOINTS.map((service) => {
    const endpoint = new CfnVPCEndpoint(stack, `${idOf(service)}GatewayEndpoint`, {
      vpcId: vpc.ref,
      vpcEndpointType: 'Gateway',
      serviceName: serviceName(service),
      routeTableIds: Token.asList(tables),
    });
    endpoint.cfnOptions.condition = is.made;
    return endpoint;
  });
}

interface InterfaceOptions {
  readonly condition: CfnCondition;
  readonly subnets: readonly CfnSubnet[];
  readonly from: CfnSecurityGroup;
}

export function addInterfaceEndpoints(
  stack: Stack,
  vpc: CfnVPC,
  { condition, subnets, from }: InterfaceOptions,
): CfnVPCEndpoint[] {
  const securityGroup = new CfnSecurityGroup(stack, 'EndpointSecurityGroup', {
    groupDescription: 'Interface endpoints: HTTPS from the tasks of movie-load',
    vpcId: vpc.ref,
    securityGroupIngress: [
      { ipProtocol: 'tcp', fromPort: 443, toPort: 443, sourceSecurityGroupId: from.ref, description: 'HTTPS of tasks' },
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

const serviceName = (service: string): string => text(`com.amazonaws.${REGION}.${service}`);

/** `EcrApi` of `ecr.api`. */
const idOf = (service: string): string =>
  service
    .split('.')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
