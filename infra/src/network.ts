// The network of the tasks: a VPC of the stack with one of three ways out, or an existing VPC. No connection comes in.
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
import { acknowledge, EMPTY_ONLY_WHERE_UNUSED } from './acknowledge.ts';
import { addGatewayEndpoints, addInterfaceEndpoints, INTERFACE_ENDPOINTS } from './endpoints.ts';
import { endpointsMonth, NAT_MONTH, PUBLIC_ADDRESS_MONTH } from './network-prices.ts';

export interface Network {
  /** The network configuration of a service or a schedule. */
  readonly awsvpcConfiguration: {
    readonly subnets: string[];
    readonly securityGroups: string[];
    /** ENABLED or DISABLED. */
    readonly assignPublicIp: string;
  };
  /**
   * References to the resources that must exist before a task starts, because it could not fetch its image without
   * them. They are in the metadata of a service, because `DependsOn` may not name a resource that a condition leaves
   * out.
   */
  readonly waysOut: readonly IResolvable[];
}

const ZONES = 2;
const CIDR = '10.73.0.0/16';

export function addNetwork(stack: Stack): Network {
  const given = addParameters(stack);
  const is = addConditions(stack, given);
  const vpc = new CfnVPC(stack, 'Vpc', { cidrBlock: CIDR, enableDnsHostnames: true, enableDnsSupport: true });
  vpc.cfnOptions.condition = is.made;
  Tags.of(vpc).add('Name', 'movie-load');

  const open = addPublicSubnets(stack, vpc, is.made);
  const closed = addSubnets(stack, vpc, { name: 'Private', first: ZONES, condition: is.private });
  const nat = addNat(stack, {
    condition: is.nat,
    subnet: open.subnets[0],
    routeTable: closed.routeTable,
    gateway: open.attachment,
  });
  const securityGroup = new CfnSecurityGroup(stack, 'TaskSecurityGroup', {
    groupDescription: 'movie-load tasks: nothing comes in, HTTPS goes out',
    vpcId: Fn.conditionIf(is.made.logicalId, vpc.ref, given.vpcId).toString(),
    securityGroupEgress: [
      { ipProtocol: 'tcp', fromPort: 443, toPort: 443, cidrIp: '0.0.0.0/0', description: 'HTTPS, of AWS' },
    ],
  });
  acknowledge(securityGroup, 'E1151', EMPTY_ONLY_WHERE_UNUSED);
  const gateways = addGatewayEndpoints(stack, vpc, { is, open: open.routeTable, closed: closed.routeTable });
  const endpoints = addInterfaceEndpoints(stack, vpc, {
    condition: is.endpoints,
    subnets: closed.subnets,
    from: securityGroup,
  });

  const refs = (subnets: readonly CfnSubnet[]) => subnets.map(({ ref }) => ref);
  const ofOwn = Fn.conditionIf(is.private.logicalId, refs(closed.subnets), refs(open.subnets));
  const ofOwnAddress = Fn.conditionIf(is.private.logicalId, 'DISABLED', 'ENABLED');
  return {
    awsvpcConfiguration: {
      subnets: Token.asList(Fn.conditionIf(is.made.logicalId, ofOwn, given.subnetIds)),
      securityGroups: [securityGroup.ref],
      assignPublicIp: Fn.conditionIf(is.made.logicalId, ofOwnAddress, given.assignPublicIp).toString(),
    },
    waysOut: [
      ...refsIf(is.made, [open.route, ...open.associations, ...gateways]),
      ...refsIf(is.private, closed.associations),
      ...refsIf(is.nat, [nat]),
      ...refsIf(is.endpoints, endpoints),
    ],
  };
}

const refsIf = (condition: CfnCondition, resources: readonly CfnResource[]): IResolvable[] =>
  resources.map(({ ref }) => Fn.conditionIf(condition.logicalId, ref, Aws.NO_VALUE));

interface Given {
  readonly network: string;
  readonly vpcId: string;
  readonly subnetIds: string[];
  readonly assignPublicIp: string;
}

function addParameters(stack: Stack): Given {
  const endpoints = endpointsMonth(INTERFACE_ENDPOINTS.length, ZONES);
  const network = new CfnParameter(stack, 'Network', {
    type: 'String',
    default: 'public',
    allowedValues: ['public', 'nat', 'endpoints', 'own'],
    description:
      `public: a VPC whose tasks have public addresses (${PUBLIC_ADDRESS_MONTH} a month for each running task). ` +
      `nat: private subnets and one NAT gateway (${NAT_MONTH} a month). ` +
      `endpoints: private subnets without a way to the internet, ${INTERFACE_ENDPOINTS.length} interface endpoints in ` +
      `${ZONES} zones (${endpoints} a month). own: your VPC, by VpcId and SubnetIds. Nothing comes in with any of them.`,
  });
  const vpcId = new CfnParameter(stack, 'VpcId', {
    type: 'String',
    default: '',
    description: 'With Network=own: the VPC.',
  });
  const subnetIds = new CfnParameter(stack, 'SubnetIds', {
    type: 'CommaDelimitedList',
    default: '',
    description: 'With Network=own: its subnets, with a way to SQS, DynamoDB, S3, ECR and CloudWatch Logs.',
  });
  const assignPublicIp = new CfnParameter(stack, 'AssignPublicIp', {
    type: 'String',
    default: 'DISABLED',
    allowedValues: ['ENABLED', 'DISABLED'],
    description: 'With Network=own: ENABLED for subnets whose way out is an internet gateway.',
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
  /** The VPC is created by this stack. */
  readonly made: CfnCondition;
  readonly nat: CfnCondition;
  readonly endpoints: CfnCondition;
  /** Its tasks have no public address. */
  readonly private: CfnCondition;
}

function addConditions(stack: Stack, { network }: Given): Conditions {
  const isNetwork = (name: string) => Fn.conditionEquals(network, name);
  const add = (id: string, expression: ReturnType<typeof isNetwork>) => new CfnCondition(stack, id, { expression });
  const nat = add('HasNat', isNetwork('nat'));
  const endpoints = add('HasInterfaceEndpoints', isNetwork('endpoints'));
  return {
    made: add('MakesVpc', Fn.conditionNot(isNetwork('own'))),
    nat,
    endpoints,
    private: add('IsPrivate', Fn.conditionOr(nat, endpoints)),
  };
}

interface SubnetOptions {
  readonly name: 'Public' | 'Private';
  /** Number of the first one's address block. */
  readonly first: number;
  readonly condition: CfnCondition;
}

/** Subnets, one in each zone, with one route table. */
function addSubnets(stack: Stack, vpc: CfnVPC, { name, first, condition }: SubnetOptions) {
  const routeTable = new CfnRouteTable(stack, `${name}Routes`, { vpcId: vpc.ref });
  routeTable.cfnOptions.condition = condition;
  const associations: CfnSubnetRouteTableAssociation[] = [];
  const subnets = Array.from({ length: ZONES }, (_, zone) => {
    const subnet = new CfnSubnet(stack, `${name}Subnet${zone + 1}`, {
      vpcId: vpc.ref,
      availabilityZone: Fn.select(zone, Fn.getAzs()),
      cidrBlock: Fn.select(first + zone, Fn.cidr(CIDR, 2 * ZONES, '12')),
      mapPublicIpOnLaunch: false,
    });
    Tags.of(subnet).add('Name', `movie-load ${name.toLowerCase()} ${zone + 1}`);
    const association = new CfnSubnetRouteTableAssociation(stack, `${name}Subnet${zone + 1}Routes`, {
      subnetId: subnet.ref,
      routeTableId: routeTable.ref,
    });
    for (const one of [subnet, association]) one.cfnOptions.condition = condition;
    associations.push(association);
    return subnet;
  });
  return { subnets, routeTable, associations };
}

function addPublicSubnets(stack: Stack, vpc: CfnVPC, made: CfnCondition) {
  const open = addSubnets(stack, vpc, { name: 'Public', first: 0, condition: made });
  const gateway = new CfnInternetGateway(stack, 'InternetGateway', {});
  const attachment = new CfnVPCGatewayAttachment(stack, 'InternetGatewayAttachment', {
    vpcId: vpc.ref,
    internetGatewayId: gateway.ref,
  });
  const route = new CfnRoute(stack, 'PublicRoute', {
    routeTableId: open.routeTable.ref,
    destinationCidrBlock: '0.0.0.0/0',
    gatewayId: gateway.ref,
  });
  route.addResourceDependency(attachment);
  for (const one of [gateway, attachment, route]) one.cfnOptions.condition = made;
  return { ...open, route, attachment };
}

interface NatOptions {
  readonly condition: CfnCondition;
  readonly subnet: CfnSubnet | undefined;
  readonly routeTable: CfnRouteTable;
  /** The attachment of the internet gateway, by which the NAT gateway reaches the internet. */
  readonly gateway: CfnVPCGatewayAttachment;
}

/**
 * One NAT gateway for all zones: a second one would double the price, and work waits in the queue while a zone is
 * down.
 */
function addNat(stack: Stack, { condition, subnet, routeTable, gateway }: NatOptions): CfnRoute {
  if (subnet === undefined) throw new Error('a NAT gateway needs a public subnet');
  const address = new CfnEIP(stack, 'NatAddress', { domain: 'vpc' });
  const nat = new CfnNatGateway(stack, 'NatGateway', { subnetId: subnet.ref, allocationId: address.attrAllocationId });
  const route = new CfnRoute(stack, 'PrivateRoute', {
    routeTableId: routeTable.ref,
    destinationCidrBlock: '0.0.0.0/0',
    natGatewayId: nat.ref,
  });
  for (const one of [address, nat]) one.addResourceDependency(gateway);
  for (const one of [address, nat, route]) one.cfnOptions.condition = condition;
  return route;
}
