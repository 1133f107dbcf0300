// Resolves a CloudFormation template's functions to the values that they would have in an account.
import { z } from 'zod';

const resourceSchema = z.object({
  Type: z.string(),
  Condition: z.string().optional(),
  Properties: z.record(z.string(), z.unknown()).default({}),
});
const parameterSchema = z.object({ Default: z.unknown().optional() });

export const templateSchema = z.object({
  Parameters: z.record(z.string(), parameterSchema).default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
  Resources: z.record(z.string(), resourceSchema),
});
export type Template = z.infer<typeof templateSchema>;
export type Resource = z.infer<typeof resourceSchema>;

const ACCOUNT = '123456789012';
const REGION = 'us-east-1';
const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::AccountId': ACCOUNT,
  'AWS::Region': REGION,
  'AWS::Partition': 'aws',
  'AWS::StackName': 'movie-load',
};
/** The name under which a resource's metrics are, by type. */
const NAME_PROPERTY: Readonly<Record<string, string>> = {
  'AWS::SQS::Queue': 'QueueName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::ECS::Cluster': 'ClusterName',
  'AWS::ECS::Service': 'ServiceName',
  'AWS::CloudWatch::Alarm': 'AlarmName',
};

/** A value that CloudFormation leaves out. */
const NO_VALUE = Symbol('AWS::NoValue');

export interface Resolver {
  /** The value with all functions of CloudFormation done. */
  resolve(value: unknown): unknown;
  /** The name of a resource of the template. */
  nameOf(logicalId: string): string;
  isMade(resource: Resource): boolean;
}

/** @param parameters values besides the defaults */
export function createResolver(
  { Parameters, Conditions, Resources }: Template,
  parameters: Readonly<Record<string, string | number>>,
): Resolver {
  const parameterOf = (name: string): unknown => parameters[name] ?? Parameters[name]?.Default;
  const nameOf = (logicalId: string): string => {
    const resource = Resources[logicalId];
    const property = resource && NAME_PROPERTY[resource.Type];
    const name = property === undefined ? undefined : resolve(resource?.Properties[property]);
    return typeof name === 'string' ? name : logicalId;
  };
  const ref = (name: string): unknown => {
    if (name === 'AWS::NoValue') return NO_VALUE;
    if (name in PSEUDO) return PSEUDO[name];
    if (name in Parameters || name in parameters) return parameterOf(name);
    const type = Resources[name]?.Type;
    if (type === 'AWS::SQS::Queue') return `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${nameOf(name)}`;
    if (type === 'AWS::ECS::Service') return `arn:aws:ecs:${REGION}:${ACCOUNT}:service/${nameOf(name)}`;
    return nameOf(name);
  };
  const attribute = (name: string, property: string): unknown =>
    /Name$/.test(property) ? nameOf(name) : `arn:aws:${name}:${property}`;

  function resolveCall(name: string, argument: unknown): unknown {
    const list = Array.isArray(argument) ? argument : [argument];
    switch (name) {
      case 'Ref':
        return ref(String(argument));
      case 'Fn::GetAtt': {
        const [resource = '', property = ''] = Array.isArray(argument)
          ? argument.map(String)
          : String(argument).split('.');
        return attribute(resource, property);
      }
      case 'Fn::Sub':
        return substituted(list);
      case 'Fn::Join':
        return listOf(resolve(list[1])).join(String(list[0]));
      case 'Fn::If':
        return isTrue(Conditions[String(list[0])]) ? resolve(list[1]) : resolve(list[2]);
      default:
        return `{${name}}`;
    }
  }

  function substituted([text, own]: readonly unknown[]): string {
    const names = isRecord(own) ? own : {};
    return String(text).replaceAll(/\$\{([^}!]+)\}/g, (_, name: string) => {
      if (name in names) return String(resolve(names[name]));
      const [resource = '', property] = name.split('.');
      return String(property === undefined ? ref(name) : attribute(resource, property));
    });
  }

  function isTrue(condition: unknown): boolean {
    if (!isRecord(condition)) return false;
    const [[name, argument] = ['', undefined]] = Object.entries(condition);
    const list = listOf(argument);
    if (name === 'Fn::Equals') return String(resolve(list[0])) === String(resolve(list[1]));
    if (name === 'Fn::Not') return !isTrue(list[0]);
    if (name === 'Fn::And') return list.every(isTrue);
    if (name === 'Fn::Or') return list.some(isTrue);
    return name === 'Condition' && isTrue(Conditions[String(argument)]);
  }

  function resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(resolve).filter((one) => one !== NO_VALUE);
    if (!isRecord(value)) return value;
    const entries = Object.entries(value);
    const [first] = entries;
    if (entries.length === 1 && first !== undefined && (first[0] === 'Ref' || first[0].startsWith('Fn::'))) {
      return resolveCall(...first);
    }
    return Object.fromEntries(
      entries.map(([key, one]) => [key, resolve(one)] as const).filter(([, one]) => one !== NO_VALUE),
    );
  }

  return { resolve, nameOf, isMade: ({ Condition }) => Condition === undefined || isTrue(Conditions[Condition]) };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
