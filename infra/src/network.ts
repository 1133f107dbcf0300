// Where tasks run: a VPC of the stack's own with one of three ways out, or a VPC that is there already. Nothing comes in.
import { CfnCondition, CfnParameter, CfnRule, Fn, type Stack, Tags, Token } from 'aws-cdk-lib';
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
  CfnVPCEndpoint,
  CfnVPCGatewayAttachment,
} from 'aws-cdk-lib/aws-ec2';
import { acknowledge, EMPTY_ONLY_WHERE_UNUSED } from './acknowledge.ts';
import { endpointsMonth, NAT_MONTH, PUBLIC_ADDRESS_MONTH } from './network-prices.ts';
import { REGION, text } from './texts.ts';

export interface Network {
  readonly subnets: string[];
  readonly securityGroup: string;
  /** ENABLED or DISABLED. */
  readonly assignPublicIp: string;
}

const ZONES = 2;
const CIDR = '10.73.0.0/16';
/** What a task calls beside S3 and DynamoDB; ECR and logs are called for it. */
const INTERFACE_ENDPOINTS = ['sqs', 'logs', 'ecr.api', 'ecr.dkr'];
const GATEWAY_ENDPOINTS = ['s3', 'dynamodb'];

export function addNetwork(stack: Stack): Network {
  const given = addParameters(stack);
  const is = addConditions(stack, given);
  const vpc = new CfnVPC(stack, 'Vpc', { cidrBlock: CIDR, enableDnsHostnames: true, enableDnsSupport: true });
  vpc.cfnOptions.condition = is.made;
  Tags.of(vpc).add('Name', 'movie-load');

  const open = addPublicSubnets(stack, vpc, is.made);
  const closed = addSubnets(stack, vpc, { name: 'Private', first: ZONES, condition: is.private });
  addNat(stack, { condition: is.nat, subnet: open.subnets[0], routeTable: closed.routeTable });
  const securityGroup = new CfnSecurityGroup(stack, 'TaskSecurityGroup', {
    groupDescription: 'movie-load tasks: nothing comes in, HTTPS goes out',
    vpcId: Fn.conditionIf(is.made.logicalId, vpc.ref, given.vpcId).toString(),
    securityGroupEgress: [
      { ipProtocol: 'tcp', fromPort: 443, toPort: 443, cidrIp: '0.0.0.0/0', description: 'HTTPS, of AWS' },
    ],
  });
  acknowledge(securityGroup, 'E1151', EMPTY_ONLY_WHERE_UNUSED);
  addGatewayEndpoints(stack, vpc, { is, open: open.routeTable, closed: closed.routeTable });
  addInterfaceEndpoints(stack, vpc, { condition: is.endpoints, subnets: closed.subnets, from: securityGroup });

  const refs = (subnets: readonly CfnSubnet[]) => subnets.map(({ ref }) => ref);
  const ofOwn = Fn.conditionIf(is.private.logicalId, refs(closed.subnets), refs(open.subnets));
  return {
    subnets: Token.asList(Fn.conditionIf(is.made.logicalId, ofOwn, given.subnetIds)),
    securityGroup: securityGroup.ref,
    assignPublicIp: Fn.conditionIf(
      is.made.logicalId,
      Fn.conditionIf(is.private.logicalId, 'DISABLED', 'ENABLED'),
      given.assignPublicIp,
    ).toString(),
  };
}

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
  /** The VPC is made here. */
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

/** One in each zone, with one route table. */
function addSubnets(stack: Stack, vpc: CfnVPC, { name, first, condition }: SubnetOptions) {
  const routeTable = new CfnRouteTable(stack, `${name}Routes`, { vpcId: vpc.ref });
  routeTable.cfnOptions.condition = condition;
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
    return subnet;
  });
  return { subnets, routeTable };
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
  return open;
}

interface NatOptions {
  readonly condition: CfnCondition;
  readonly subnet: CfnSubnet | undefined;
  readonly routeTable: CfnRouteTable;
}

/** One for all zones: a second would cost as much again, and work waits in the queue while a zone is down. */
function addNat(stack: Stack, { condition, subnet, routeTable }: NatOptions): void {
  if (subnet === undefined) throw new Error('a NAT gateway needs a public subnet');
  const address = new CfnEIP(stack, 'NatAddress', { domain: 'vpc' });
  const nat = new CfnNatGateway(stack, 'NatGateway', { subnetId: subnet.ref, allocationId: address.attrAllocationId });
  const route = new CfnRoute(stack, 'PrivateRoute', {
    routeTableId: routeTable.ref,
    destinationCidrBlock: '0.0.0.0/0',
    natGatewayId: nat.ref,
  });
  for (const one of [address, nat, route]) one.cfnOptions.condition = condition;
}

interface GatewayOptions {
  readonly is: Conditions;
  readonly open: CfnRouteTable;
  readonly closed: CfnRouteTable;
}

/** Free, and nothing for S3 and DynamoDB passes a NAT gateway. */
function addGatewayEndpoints(stack: Stack, vpc: CfnVPC, { is, open, closed }: GatewayOptions): void {
  const tables = Fn.conditionIf(is.private.logicalId, [open.ref, closed.ref], [open.ref]);
  for (const service of GATEWAY_ENDPOINTS) {
    const endpoint = new CfnVPCEndpoint(stack, `${idOf(service)}GatewayEndpoint`, {
      vpcId: vpc.ref,
      vpcEndpointType: 'Gateway',
      serviceName: serviceName(service),
      routeTableIds: Token.asList(tables),
    });
    endpoint.cfnOptions.condition = is.made;
  }
}

interface InterfaceOptions {
  readonly condition: CfnCondition;
  readonly subnets: readonly CfnSubnet[];
  readonly from: CfnSecurityGroup;
}

function addInterfaceEndpoints(stack: Stack, vpc: CfnVPC, { condition, subnets, from }: InterfaceOptions): void {
  const securityGroup = new CfnSecurityGroup(stack, 'EndpointSecurityGroup', {
    groupDescription: 'Interface endpoints: HTTPS from the tasks of movie-load',
    vpcId: vpc.ref,
    securityGroupIngress: [
      { ipProtocol: 'tcp', fromPort: 443, toPort: 443, sourceSecurityGroupId: from.ref, description: 'HTTPS of tasks' },
    ],
  });
  securityGroup.cfnOptions.condition = condition;
  for (const service of INTERFACE_ENDPOINTS) {
    const endpoint = new CfnVPCEndpoint(stack, `${idOf(service)}Endpoint`, {
      vpcId: vpc.ref,
      vpcEndpointType: 'Interface',
      serviceName: serviceName(service),
      privateDnsEnabled: true,
      subnetIds: subnets.map(({ ref }) => ref),
      securityGroupIds: [securityGroup.ref],
    });
    endpoint.cfnOptions.condition = condition;
  }
}

const serviceName = (service: string): string => text(`com.amazonaws.${REGION}.${service}`);

/** `EcrApi` of `ecr.api`. */
const idOf = (service: string): string =>
  service
    .split('.')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
