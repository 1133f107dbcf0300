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
/** The property with a resource's name, by the resource's type. */
const NAME_PROPERTY: Readonly<Record<string, string>> = {
  'AWS::SQS::Queue': 'QueueName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::ECS::Cluster': 'ClusterName',
  'AWS::ECS::Service': 'ServiceName',
  'AWS::CloudWatch::Alarm': 'AlarmName',
};

/** A value that CloudFormation leaves out. */
const NO_VALUE = Symbol('AWS::NoValue');

/** Resolves values and names of one template. */
export class Resolver {
  readonly #template: Template;
  readonly #parameters: Readonly<Record<string, string | number>>;

  /** @param parameters values that replace the defaults */
  constructor(template: Template, parameters: Readonly<Record<string, string | number>>) {
    this.#template = template;
    this.#parameters = parameters;
  }

  /** The value with CloudFormation's functions resolved. A function that the model lacks becomes `{Fn::Name}`. */
  resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((one) => this.resolve(one)).filter((one) => one !== NO_VALUE);
    if (!isRecord(value)) return value;
    const entries = Object.entries(value);
    const [first] = entries;
    if (entries.length === 1 && first !== undefined && (first[0] === 'Ref' || first[0].startsWith('Fn::'))) {
      return this.#callFunction(...first);
    }
    return Object.fromEntries(
      entries.map(([key, one]) => [key, this.resolve(one)] as const).filter(([, one]) => one !== NO_VALUE),
    );
  }

  /** The name of a resource of the template; its logical id if the template gives it none. */
  nameOf(logicalId: string): string {
    const resource = this.#template.Resources[logicalId];
    const property = resource && NAME_PROPERTY[resource.Type];
    const name = property === undefined ? undefined : this.resolve(resource?.Properties[property]);
    return typeof name === 'string' ? name : logicalId;
  }

  isCreated({ Condition }: Resource): boolean {
    return Condition === undefined || this.#isTrue(this.#template.Conditions[Condition]);
  }

  #callFunction(name: string, argument: unknown): unknown {
    const list = Array.isArray(argument) ? argument : [argument];
    switch (name) {
      case 'Ref':
        return this.#ref(String(argument));
      case 'Fn::GetAtt': {
        const [resource = '', property = ''] = Array.isArray(argument)
          ? argument.map(String)
          : String(argument).split('.');
        return this.#attribute(resource, property);
      }
      case 'Fn::Sub':
        return this.#substitute(list);
      case 'Fn::Join':
        return listOf(this.resolve(list[1])).join(String(list[0]));
      case 'Fn::If':
        return this.resolve(this.#isTrue(this.#template.Conditions[String(list[0])]) ? list[1] : list[2]);
      default:
        return `{${name}}`;
    }
  }

  #ref(name: string): unknown {
    if (name === 'AWS::NoValue') return NO_VALUE;
    if (name in PSEUDO) return PSEUDO[name];
    const { Parameters, Resources } = this.#template;
    if (name in Parameters || name in this.#parameters) return this.#parameters[name] ?? Parameters[name]?.Default;
    const type = Resources[name]?.Type;
    if (type === 'AWS::SQS::Queue') return `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${this.nameOf(name)}`;
    if (type === 'AWS::ECS::Service') return `arn:aws:ecs:${REGION}:${ACCOUNT}:service/${this.nameOf(name)}`;
    return this.nameOf(name);
  }

  #attribute(name: string, property: string): string {
    return property.endsWith('Name') ? this.nameOf(name) : `arn:aws:${name}:${property}`;
  }

  #substitute([text, variables]: readonly unknown[]): string {
    const names = isRecord(variables) ? variables : {};
    return String(text).replaceAll(/\$\{([^}!]+)\}/g, (_, name: string) => {
      if (name in names) return String(this.resolve(names[name]));
      const [resource = '', property] = name.split('.');
      return String(property === undefined ? this.#ref(name) : this.#attribute(resource, property));
    });
  }

  #isTrue(condition: unknown): boolean {
    if (!isRecord(condition)) return false;
    const [[name, argument] = ['', undefined]] = Object.entries(condition);
    const list = listOf(argument);
    if (name === 'Fn::Equals') return String(this.resolve(list[0])) === String(this.resolve(list[1]));
    if (name === 'Fn::Not') return !this.#isTrue(list[0]);
    if (name === 'Fn::And') return list.every((one) => this.#isTrue(one));
    if (name === 'Fn::Or') return list.some((one) => this.#isTrue(one));
    return name === 'Condition' && this.#isTrue(this.#template.Conditions[String(argument)]);
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
