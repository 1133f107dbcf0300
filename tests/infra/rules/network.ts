// Rules of the network: no traffic comes in, and tasks reach everything that they call, for each choice of `Network`.
import { z } from 'zod';
import type { Deployment } from '../../support/template.ts';
import { ofType, type Rule, rawOf, text, unless } from './rule.ts';

const ruleSchema = z.looseObject({
  IpProtocol: z.string(),
  FromPort: z.number().optional(),
  ToPort: z.number().optional(),
  CidrIp: z.string().optional(),
  CidrIpv6: z.string().optional(),
  SourceSecurityGroupId: z.string().optional(),
});
const groupSchema = z.looseObject({
  VpcId: z.string(),
  SecurityGroupIngress: z.array(ruleSchema).default([]),
  SecurityGroupEgress: z.array(ruleSchema).default([]),
});
const endpointSchema = z.looseObject({
  ServiceName: z.string(),
  VpcEndpointType: z.string(),
  RouteTableIds: z.array(z.string()).default([]),
  SubnetIds: z.array(z.string()).default([]),
  SecurityGroupIds: z.array(z.string()).default([]),
  PrivateDnsEnabled: z.boolean().default(false),
});
const routeSchema = z.looseObject({
  RouteTableId: z.string(),
  DestinationCidrBlock: z.string(),
  GatewayId: z.string().optional(),
  NatGatewayId: z.string().optional(),
});
const associationSchema = z.looseObject({ SubnetId: z.string(), RouteTableId: z.string() });
const taskNetworkSchema = z.looseObject({
  NetworkConfiguration: z.object({
    AwsvpcConfiguration: z.object({
      Subnets: z.array(z.string()).min(1),
      SecurityGroups: z.array(z.string()).min(1),
      AssignPublicIp: z.enum(['ENABLED', 'DISABLED']),
    }),
  }),
});

const scheduleSchema = z.looseObject({ Target: z.looseObject({ EcsParameters: taskNetworkSchema }) });

/** Where tasks run: those of services, and those that a schedule starts. */
const taskNetworksOf = (services: Deployment) =>
  [
    ...ofType(services, 'AWS::ECS::Service', taskNetworkSchema).map(({ id, properties }) => ({
      id,
      network: properties,
    })),
    ...ofType(services, 'AWS::Scheduler::Schedule', scheduleSchema).map(({ id, properties }) => ({
      id,
      network: properties.Target.EcsParameters,
    })),
  ].map(({ id, network }) => ({ id, ...network.NetworkConfiguration.AwsvpcConfiguration }));
const routeTablesOf = (services: Deployment, subnets: readonly string[]): string[] => {
  const routeTables = ofType(services, 'AWS::EC2::SubnetRouteTableAssociation', associationSchema)
    .filter(({ properties }) => subnets.includes(properties.SubnetId))
    .map(({ properties }) => properties.RouteTableId);
  return [...new Set(routeTables)];
};
const endpointsOf = (services: Deployment) =>
  ofType(services, 'AWS::EC2::VPCEndpoint', endpointSchema).map(({ properties }) => properties);
const serviceName = (service: string) => `com.amazonaws.REGION.${service}`;

const ingress: Rule = {
  name: 'security groups allow no incoming traffic but that of tasks to endpoints',
  check({ services }) {
    const groups = ofType(services, 'AWS::EC2::SecurityGroup', groupSchema);
    const taskGroups = new Set(taskNetworksOf(services).flatMap(({ SecurityGroups }) => SecurityGroups));
    const rules = groups.flatMap(({ id, properties }) =>
      properties.SecurityGroupIngress.map((rule) => ({ id, rule, isOfTasks: taskGroups.has(services.refOf(id)) })),
    );
    // Only an interface endpoint is called, by tasks alone.
    const open = rules.filter(
      ({ rule, isOfTasks }) =>
        isOfTasks ||
        rule.CidrIp !== undefined ||
        rule.CidrIpv6 !== undefined ||
        !taskGroups.has(rule.SourceSecurityGroupId ?? '') ||
        rule.FromPort !== 443 ||
        rule.ToPort !== 443,
    );
    return [
      ...open.map(({ id, rule }) => `${id} allows incoming ${text(rule as never)}`),
      ...rawOf(services, 'AWS::EC2::SecurityGroupIngress').map(({ id }) => `${id} allows incoming traffic`),
    ];
  },
};

const egress: Rule = {
  name: 'security groups allow only outgoing HTTPS',
  check({ services }) {
    const groups = ofType(services, 'AWS::EC2::SecurityGroup', groupSchema);
    return taskNetworksOf(services).flatMap(({ id, SecurityGroups }) => {
      const rules = groups
        .filter((group) => SecurityGroups.includes(services.refOf(group.id)))
        .flatMap(({ properties }) => properties.SecurityGroupEgress);
      const isHttps = (rule: z.infer<typeof ruleSchema>) =>
        rule.IpProtocol === 'tcp' && rule.FromPort === 443 && rule.ToPort === 443;
      return [
        // A group without a rule gets one that allows all outgoing traffic.
        ...unless(rules.length > 0, `${id}: its security group allows all outgoing traffic`),
        ...rules
          .filter((rule) => !isHttps(rule))
          .map((rule) => `${id}: its security group allows outgoing ${text(rule as never)}`),
      ];
    });
  },
};

/** False if the user provides the VPC: then the user is responsible for its routes. */
const createsVpc = ({ parameters }: Deployment) => parameters.Network !== 'own';

const gateways: Rule = {
  name: 'S3 and DynamoDB are reached by gateway endpoints, which are free',
  check({ services }) {
    if (!createsVpc(services)) return [];
    return taskNetworksOf(services).flatMap(({ id, Subnets }) => {
      const tables = routeTablesOf(services, Subnets);
      const missing = ['s3', 'dynamodb'].flatMap((service) =>
        tables
          .filter(
            (table) =>
              !endpointsOf(services).some(
                (endpoint) =>
                  endpoint.VpcEndpointType === 'Gateway' &&
                  endpoint.ServiceName === serviceName(service) &&
                  endpoint.RouteTableIds.includes(table),
              ),
          )
          .map((table) => `${id}: ${table} has no gateway endpoint of ${service}`),
      );
      return [...unless(tables.length > 0, `${id}: its subnets have no route table`), ...missing];
    });
  },
};

const CALLED_SERVICES = ['sqs', 'logs', 'ecr.api', 'ecr.dkr'];

const reachability: Rule = {
  name: 'tasks reach SQS, ECR and CloudWatch Logs, and have a public address only if they need it for that',
  check({ services }) {
    if (!createsVpc(services)) return [];
    const routes = ofType(services, 'AWS::EC2::Route', routeSchema).map(({ properties }) => properties);
    const groups = ofType(services, 'AWS::EC2::SecurityGroup', groupSchema);
    const allowsFrom = (group: string, from: readonly string[]) =>
      groups.some(
        ({ id, properties }) =>
          services.refOf(id) === group &&
          properties.SecurityGroupIngress.some((rule) => from.includes(rule.SourceSecurityGroupId ?? '')),
      );
    return taskNetworksOf(services).flatMap(({ id, Subnets, SecurityGroups, AssignPublicIp }) => {
      const tables = routeTablesOf(services, Subnets);
      const defaults = routes.filter(
        (route) => tables.includes(route.RouteTableId) && route.DestinationCidrBlock === '0.0.0.0/0',
      );
      const isOpen = defaults.some((route) => route.GatewayId !== undefined);
      const hasNat = defaults.some((route) => route.NatGatewayId !== undefined);
      const missing = CALLED_SERVICES.filter(
        (service) =>
          !endpointsOf(services).some(
            (endpoint) =>
              endpoint.VpcEndpointType === 'Interface' &&
              endpoint.ServiceName === serviceName(service) &&
              endpoint.PrivateDnsEnabled &&
              endpoint.SubnetIds.length === Subnets.length &&
              endpoint.SecurityGroupIds.some((group) => allowsFrom(group, SecurityGroups)),
          ),
      );
      return [
        ...unless(
          !isOpen || AssignPublicIp === 'ENABLED',
          `${id}: without a public address its subnets have no route to the internet`,
        ),
        ...unless(isOpen || AssignPublicIp === 'DISABLED', `${id}: a public address is paid for and not used`),
        ...unless(isOpen || hasNat || missing.length === 0, `${id}: it cannot reach ${missing.join(', ')}`),
      ];
    });
  },
};

const costs: Rule = {
  name: 'the network has no paid resource that the choice of Network does not need',
  check({ services }) {
    const { Network } = services.parameters;
    const paid = services.resources.filter(
      ({ type, properties }) =>
        ['AWS::EC2::NatGateway', 'AWS::EC2::EIP'].includes(type) || properties.VpcEndpointType === 'Interface',
    );
    if (Network === 'public' || Network === 'own') return paid.map(({ id }) => `${id} costs by the hour`);
    const isWanted = Network === 'nat' ? /^Nat/ : /Endpoint$/;
    return paid.filter(({ id }) => !isWanted.test(id)).map(({ id }) => `${id} is not of Network=${Network}`);
  },
};

const order: Rule = {
  name: 'a task starts after its route to AWS is created',
  check({ services }) {
    const gateways = rawOf(services, 'AWS::EC2::VPCGatewayAttachment').map(({ id }) => id);
    const routesToAws = services.resources.filter(
      ({ type, properties }) =>
        type === 'AWS::EC2::VPCEndpoint' ||
        type === 'AWS::EC2::SubnetRouteTableAssociation' ||
        (type === 'AWS::EC2::Route' && properties.DestinationCidrBlock === '0.0.0.0/0'),
    );
    return [
      ...rawOf(services, 'AWS::ECS::Service').flatMap(({ id, dependsOn }) =>
        routesToAws
          .filter((route) => !dependsOn.includes(route.id))
          .map((route) => `${id} does not wait for ${route.id}`),
      ),
      ...services.resources
        .filter(
          ({ type, properties }) =>
            type === 'AWS::EC2::NatGateway' || (type === 'AWS::EC2::Route' && properties.GatewayId !== undefined),
        )
        .flatMap(({ id, dependsOn }) =>
          gateways
            .filter((gateway) => !dependsOn.includes(gateway))
            .map((gateway) => `${id} does not wait for ${gateway}`),
        ),
    ];
  },
};

export const NETWORK_RULES: readonly Rule[] = [ingress, egress, gateways, reachability, order, costs];
