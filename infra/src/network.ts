// The network of the tasks: a VPC that the stack creates, with one of three ways to reach AWS, or an existing VPC
// (Network=own). No choice allows incoming connections.
import {
  Aws,
  CfnCondition,
  CfnParameter,
  type CfnResource,
  CfnRule,
  Fn,
  type IResolvable,
  type Stack,
  Tags,
  Token,
} from 'aws-cdk-lib';
import {
  CfnEIP,
  CfnInternetGateway,
  CfnNatGateway,
  CfnRoute,
  CfnRouteTable,
  CfnSecurityGroup,
  CfnSubnet,
  CfnSubnetRouteTableAssociation,
  CfnVPC,
  CfnVPCGatewayAttachment,
} from 'aws-cdk-lib/aws-ec2';
import { acknowledge, REASON_EMPTY_DEFAULT_UNUSED } from './acknowledge.ts';
import { addGatewayEndpoints, addInterfaceEndpoints, INTERFACE_ENDPOINTS } from './endpoints.ts';
import { endpointsPerMonth, NAT_GATEWAY_PER_MONTH, PUBLIC_ADDRESS_PER_MONTH } from './network-prices.ts';

export interface Network {
  /** The network configuration of a service or a schedule. */
  readonly awsvpcConfiguration: {
    readonly subnets: string[];
    readonly securityGroups: string[];
    /** ENABLED or DISABLED. */
    readonly assignPublicIp: string;
  };
  /**
   * References to routes and endpoints that must exist before a task starts, because without them ECS could not fetch
   * its image. A service has them in its metadata, because `DependsOn` may not name a resource that a condition leaves
   * out.
   */
  readonly routesAndEndpoints: readonly IResolvable[];
}

const ZONE_COUNT = 2;
const VPC_CIDR = '10.73.0.0/16';

export function addNetwork(stack: Stack): Network {
  const parameters = addParameters(stack);
  const conditions = addConditions(stack, parameters);
  const vpc = new CfnVPC(stack, 'Vpc', { cidrBlock: VPC_CIDR, enableDnsHostnames: true, enableDnsSupport: true });
  vpc.cfnOptions.condition = conditions.createsVpc;
  Tags.of(vpc).add('Name', 'movie-load');

  const publicNetwork = addPublicNetwork(stack, vpc, conditions.createsVpc);
  const privateNetwork = addSubnets(stack, vpc, {
    name: 'Private',
    firstBlock: ZONE_COUNT,
    condition: conditions.isPrivate,
  });
  const natRoute = addNatGateway(stack, {
    condition: conditions.hasNat,
    subnet: publicNetwork.subnets[0],
    routeTable: privateNetwork.routeTable,
    gatewayAttachment: publicNetwork.attachment,
  });
  const securityGroup = new CfnSecurityGroup(stack, 'TaskSecurityGroup', {
    groupDescription: 'movie-load tasks: nothing comes in, HTTPS goes out',
    vpcId: Fn.conditionIf(conditions.createsVpc.logicalId, vpc.ref, parameters.vpcId).toString(),
    securityGroupEgress: [
      { ipProtocol: 'tcp', fromPort: 443, toPort: 443, cidrIp: '0.0.0.0/0', description: 'HTTPS, of AWS' },
    ],
  });
  acknowledge(securityGroup, 'E1151', REASON_EMPTY_DEFAULT_UNUSED);
  const gatewayEndpoints = addGatewayEndpoints(stack, vpc, {
    conditions,
    publicRouteTable: publicNetwork.routeTable,
    privateRouteTable: privateNetwork.routeTable,
  });
  const interfaceEndpoints = addInterfaceEndpoints(stack, vpc, {
    condition: conditions.hasInterfaceEndpoints,
    subnets: privateNetwork.subnets,
    taskSecurityGroup: securityGroup,
  });

  const refs = (subnets: readonly CfnSubnet[]) => subnets.map(({ ref }) => ref);
  const createdSubnets = Fn.conditionIf(
    conditions.isPrivate.logicalId,
    refs(privateNetwork.subnets),
    refs(publicNetwork.subnets),
  );
  const createdPublicIp = Fn.conditionIf(conditions.isPrivate.logicalId, 'DISABLED', 'ENABLED');
  return {
    awsvpcConfiguration: {
      subnets: Token.asList(Fn.conditionIf(conditions.createsVpc.logicalId, createdSubnets, parameters.subnetIds)),
      securityGroups: [securityGroup.ref],
      assignPublicIp: Fn.conditionIf(
        conditions.createsVpc.logicalId,
        createdPublicIp,
        parameters.assignPublicIp,
      ).toString(),
    },
    routesAndEndpoints: [
      ...refsIf(conditions.createsVpc, [publicNetwork.route, ...publicNetwork.associations, ...gatewayEndpoints]),
      ...refsIf(conditions.isPrivate, privateNetwork.associations),
      ...refsIf(conditions.hasNat, [natRoute]),
      ...refsIf(conditions.hasInterfaceEndpoints, interfaceEndpoints),
    ],
  };
}

/** References that exist only if the condition is true. */
const refsIf = (condition: CfnCondition, resources: readonly CfnResource[]): IResolvable[] =>
  resources.map(({ ref }) => Fn.conditionIf(condition.logicalId, ref, Aws.NO_VALUE));

/** The values of the stack's network parameters. */
interface NetworkParameters {
  readonly network: string;
  readonly vpcId: string;
  readonly subnetIds: string[];
  readonly assignPublicIp: string;
}

function addParameters(stack: Stack): NetworkParameters {
  const endpointsPrice = endpointsPerMonth(INTERFACE_ENDPOINTS.length, ZONE_COUNT);
  const network = new CfnParameter(stack, 'Network', {
    type: 'String',
    default: 'public',
    allowedValues: ['public', 'nat', 'endpoints', 'own'],
    description:
      `public: a VPC whose tasks have public addresses (${PUBLIC_ADDRESS_PER_MONTH} a month for each running task). ` +
      `nat: private subnets and one NAT gateway (${NAT_GATEWAY_PER_MONTH} a month). ` +
      `endpoints: private subnets without a route to the internet, ${INTERFACE_ENDPOINTS.length} interface endpoints in ` +
      `${ZONE_COUNT} zones (${endpointsPrice} a month). own: your VPC, by VpcId and SubnetIds. No choice allows incoming connections.`,
  });
  const vpcId = new CfnParameter(stack, 'VpcId', {
    type: 'String',
    default: '',
    description: 'With Network=own: the VPC.',
  });
  const subnetIds = new CfnParameter(stack, 'SubnetIds', {
    type: 'CommaDelimitedList',
    default: '',
    description: 'With Network=own: subnets of that VPC that reach SQS, DynamoDB, S3, ECR and CloudWatch Logs.',
  });
  const assignPublicIp = new CfnParameter(stack, 'AssignPublicIp', {
    type: 'String',
    default: 'DISABLED',
    allowedValues: ['ENABLED', 'DISABLED'],
    description: 'With Network=own: ENABLED for subnets that reach the internet by an internet gateway.',
  });
  new CfnRule(stack, 'OwnVpcIsNamed', {
    ruleCondition: Fn.conditionEquals(network.valueAsString, 'own'),
    assertions: [
      {
        assert: Fn.conditionNot(Fn.conditionEquals(vpcId.valueAsString, '')),
        assertDescription: 'Network=own needs VpcId and SubnetIds.',
      },
    ],
  });
  return {
    network: network.valueAsString,
    vpcId: vpcId.valueAsString,
    subnetIds: subnetIds.valueAsList,
    assignPublicIp: assignPublicIp.valueAsString,
  };
}

interface Conditions {
  /** The stack creates a VPC. */
  readonly createsVpc: CfnCondition;
  readonly hasNat: CfnCondition;
  readonly hasInterfaceEndpoints: CfnCondition;
  /** The tasks run in private subnets of the created VPC. */
  readonly isPrivate: CfnCondition;
}

function addConditions(stack: Stack, { network }: NetworkParameters): Conditions {
  const isNetwork = (name: string) => Fn.conditionEquals(network, name);
  const add = (id: string, expression: ReturnType<typeof isNetwork>) => new CfnCondition(stack, id, { expression });
  const hasNat = add('HasNat', isNetwork('nat'));
  const hasInterfaceEndpoints = add('HasInterfaceEndpoints', isNetwork('endpoints'));
  return {
    createsVpc: add('CreatesVpc', Fn.conditionNot(isNetwork('own'))),
    hasNat,
    hasInterfaceEndpoints,
    isPrivate: add('IsPrivate', Fn.conditionOr(hasNat, hasInterfaceEndpoints)),
  };
}

interface SubnetOptions {
  readonly name: 'Public' | 'Private';
  /** The index of the first subnet's block among the equal blocks of the VPC's addresses. */
  readonly firstBlock: number;
  readonly condition: CfnCondition;
}

/** Adds one subnet in each zone, and a route table that they share. */
function addSubnets(stack: Stack, vpc: CfnVPC, { name, firstBlock, condition }: SubnetOptions) {
  const routeTable = new CfnRouteTable(stack, `${name}Routes`, { vpcId: vpc.ref });
  routeTable.cfnOptions.condition = condition;
  const associations: CfnSubnetRouteTableAssociation[] = [];
  const subnets = Array.from({ length: ZONE_COUNT }, (_, zone) => {
    const subnet = new CfnSubnet(stack, `${name}Subnet${zone + 1}`, {
      vpcId: vpc.ref,
      availabilityZone: Fn.select(zone, Fn.getAzs()),
      cidrBlock: Fn.select(firstBlock + zone, Fn.cidr(VPC_CIDR, 2 * ZONE_COUNT, '12')),
      mapPublicIpOnLaunch: false,
    });
    Tags.of(subnet).add('Name', `movie-load ${name.toLowerCase()} ${zone + 1}`);
    const association = new CfnSubnetRouteTableAssociation(stack, `${name}Subnet${zone + 1}Routes`, {
      subnetId: subnet.ref,
      routeTableId: routeTable.ref,
    });
    for (const resource of [subnet, association]) resource.cfnOptions.condition = condition;
    associations.push(association);
    return subnet;
  });
  return { subnets, routeTable, associations };
}

/** Adds public subnets, and an internet gateway with a route to it. */
function addPublicNetwork(stack: Stack, vpc: CfnVPC, condition: CfnCondition) {
  const publicSubnets = addSubnets(stack, vpc, { name: 'Public', firstBlock: 0, condition });
  const gateway = new CfnInternetGateway(stack, 'InternetGateway', {});
  const attachment = new CfnVPCGatewayAttachment(stack, 'InternetGatewayAttachment', {
    vpcId: vpc.ref,
    internetGatewayId: gateway.ref,
  });
  const route = new CfnRoute(stack, 'PublicRoute', {
    routeTableId: publicSubnets.routeTable.ref,
    destinationCidrBlock: '0.0.0.0/0',
    gatewayId: gateway.ref,
  });
  route.addResourceDependency(attachment);
  for (const resource of [gateway, attachment, route]) resource.cfnOptions.condition = condition;
  return { ...publicSubnets, route, attachment };
}

interface NatOptions {
  readonly condition: CfnCondition;
  readonly subnet: CfnSubnet | undefined;
  readonly routeTable: CfnRouteTable;
  /** The attachment of the internet gateway, through which the NAT gateway reaches the internet. */
  readonly gatewayAttachment: CfnVPCGatewayAttachment;
}

/**
 * Adds one NAT gateway for all zones, and returns the route to it. A second NAT gateway would double the price, and the
 * queue keeps the messages while the zone of the only one is down.
 */
function addNatGateway(stack: Stack, { condition, subnet, routeTable, gatewayAttachment }: NatOptions): CfnRoute {
  if (subnet === undefined) throw new Error('A NAT gateway needs a public subnet.');
  const address = new CfnEIP(stack, 'NatAddress', { domain: 'vpc' });
  const nat = new CfnNatGateway(stack, 'NatGateway', { subnetId: subnet.ref, allocationId: address.attrAllocationId });
  const route = new CfnRoute(stack, 'PrivateRoute', {
    routeTableId: routeTable.ref,
    destinationCidrBlock: '0.0.0.0/0',
    natGatewayId: nat.ref,
  });
  for (const resource of [address, nat]) resource.addResourceDependency(gatewayAttachment);
  for (const resource of [address, nat, route]) resource.cfnOptions.condition = condition;
  return route;
}
