// Evaluates a template of infra/templates as CloudFormation does: parameters, conditions, functions and references.
import { z } from 'zod';
import { readText } from './repository.ts';

const json = z.json();
export type Json = z.infer<typeof json>;

const resourceSchema = z.strictObject({
  Type: z.string(),
  Properties: z.record(z.string(), json).default({}),
  Condition: z.string().optional(),
  DependsOn: z.union([z.string().transform((one) => [one]), z.array(z.string())]).default([]),
  Metadata: z.record(z.string(), json).default({}),
  DeletionPolicy: z.string().optional(),
  UpdateReplacePolicy: z.string().optional(),
});

const parameterSchema = z.strictObject({
  Type: z.string(),
  Default: z.union([z.string(), z.number()]).optional(),
  Description: z.string().optional(),
  AllowedValues: z.array(z.string()).optional(),
  AllowedPattern: z.string().optional(),
  MinValue: z.number().optional(),
  MaxValue: z.number().optional(),
});

const templateSchema = z.strictObject({
  Description: z.string(),
  Parameters: z.record(z.string(), parameterSchema).default({}),
  Rules: z.record(z.string(), json).default({}),
  Conditions: z.record(z.string(), json).default({}),
  Resources: z.record(z.string(), resourceSchema),
  Outputs: z.record(z.string(), z.looseObject({ Value: json, Condition: z.string().optional() })).default({}),
});
export type Template = z.infer<typeof templateSchema>;

export const STACKS = ['data', 'services'] as const;
export type StackName = (typeof STACKS)[number];

/** The template under version control. */
export const readTemplate = (name: StackName): Template =>
  templateSchema.parse(JSON.parse(readText(`infra/templates/${name}.json`)));

export interface DeployedResource {
  readonly id: string;
  readonly type: string;
  /** Without the properties whose value is `AWS::NoValue`. */
  readonly properties: Readonly<Record<string, Json>>;
  readonly deletionPolicy: string | undefined;
  readonly updateReplacePolicy: string | undefined;
  /** Resources that are created before this one: by `DependsOn`, or by references in metadata. */
  readonly dependsOn: readonly string[];
}

export interface Deployment {
  readonly resources: readonly DeployedResource[];
  readonly outputs: Readonly<Record<string, Json>>;
  /** The values of all parameters. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The value of a reference to a resource. */
  refOf(id: string): string;
}

export type Parameters = Readonly<Record<string, string>>;

/** The pseudo parameters, as docs/iam writes them. A test may give other values. */
const PSEUDO_PARAMETERS: Parameters = {
  'AWS::Region': 'REGION',
  'AWS::AccountId': 'ACCOUNT',
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::StackName': 'STACK',
};

/**
 * Returns the resources that a template has with these parameters.
 *
 * @throws for a parameter without a value, for a reference to a resource that does not exist under these parameters,
 * and for a function that it does not know.
 *
 * @example deploy(readTemplate('services'), { Image: 'movie-load:test', Network: 'nat' }).resources
 */
export function deploy(template: Template, parameters: Parameters = {}): Deployment {
  const evaluator = new Evaluator(template, parameters);
  const resources = Object.entries(template.Resources)
    .filter(([, { Condition }]) => Condition === undefined || evaluator.condition(Condition))
    .map(([id, resource]) => {
      return {
        id,
        type: resource.Type,
        properties: evaluator.record(resource.Properties),
        deletionPolicy: resource.DeletionPolicy,
        updateReplacePolicy: resource.UpdateReplacePolicy,
        dependsOn: [
          ...evaluator.requireResources(resource.DependsOn),
          ...Object.values(evaluator.record(resource.Metadata)).flat().map(String),
        ],
      };
    });
  const outputs = Object.entries(template.Outputs)
    .filter(([, { Condition }]) => Condition === undefined || evaluator.condition(Condition))
    .map(([name, { Value }]) => [name, evaluator.value(Value) ?? '']);
  return {
    resources,
    outputs: Object.fromEntries(outputs),
    parameters: evaluator.parameters,
    refOf: (id) => evaluator.ref(id),
  };
}

/** Represents `AWS::NoValue`: the property does not exist. */
type Value = Json | undefined;

class Evaluator {
  readonly parameters: Parameters;
  readonly #template: Template;
  readonly #pseudo: Parameters;

  constructor(template: Template, parameters: Parameters) {
    this.#template = template;
    this.#pseudo = { ...PSEUDO_PARAMETERS, ...parameters };
    const unknown = Object.keys(parameters).filter(
      (name) => !(name in template.Parameters) && !(name in PSEUDO_PARAMETERS),
    );
    if (unknown.length > 0) throw new Error(`the template has no parameter ${unknown.join(', ')}`);
    this.parameters = Object.fromEntries(
      Object.entries(template.Parameters).map(([name, { Default }]) => {
        const value = parameters[name] ?? Default;
        if (value === undefined) throw new Error(`the parameter ${name} needs a value`);
        return [name, String(value)];
      }),
    );
  }

  condition(name: string): boolean {
    const expression = this.#template.Conditions[name];
    if (expression === undefined) throw new Error(`there is no condition ${name}`);
    return this.#isTrue(expression);
  }

  /** Returns the same ids. Throws when a resource does not exist under these parameters. */
  requireResources(ids: readonly string[]): readonly string[] {
    for (const id of ids) this.#requireResource(id);
    return ids;
  }

  #requireResource(id: string): void {
    const resource = this.#template.Resources[id];
    if (resource === undefined) throw new Error(`there is no resource ${id}`);
    if (resource.Condition !== undefined && !this.condition(resource.Condition)) {
      throw new Error(`the resource ${id} is not created, because ${resource.Condition} is false`);
    }
  }

  record(properties: Readonly<Record<string, Json>>): Record<string, Json> {
    const values = Object.entries(properties).map(([key, property]) => [key, this.value(property)] as const);
    return Object.fromEntries(values.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
  }

  value(json: Json): Value {
    if (Array.isArray(json)) return json.flatMap((element) => this.value(element) ?? []);
    if (typeof json !== 'object' || json === null) return json;
    const [name, ...others] = Object.keys(json);
    const isFunction = name !== undefined && others.length === 0 && (name === 'Ref' || name.startsWith('Fn::'));
    return isFunction ? this.#call(name, json[name] ?? null) : this.record(json);
  }

  ref(name: string): string {
    return String(this.#ref(name) ?? '');
  }

  #ref(name: string): Value {
    if (name === 'AWS::NoValue') return undefined;
    if (name in this.#pseudo && name.startsWith('AWS::')) return this.#pseudo[name];
    const parameter = this.#template.Parameters[name];
    const value = this.parameters[name];
    if (value !== undefined) {
      return parameter?.Type === 'CommaDelimitedList' ? value.split(',').filter((one) => one !== '') : value;
    }
    this.#requireResource(name);
    return this.#identifiersOf(name).ref;
  }

  #attribute(id: string, attribute: string): string {
    this.#requireResource(id);
    return attribute === 'Arn' ? this.#identifiersOf(id).arn : `${id}.${attribute}`;
  }

  /** Names of queues, tables and buckets are those of AWS; the name of any other resource is its id. */
  #identifiersOf(id: string): { readonly ref: string; readonly arn: string } {
    const { Type = '', Properties = {} } = this.#template.Resources[id] ?? {};
    const nameOf = (property: string) => String(this.value(Properties[property] ?? null));
    const { 'AWS::Region': region, 'AWS::AccountId': account } = this.#pseudo;
    if (Type === 'AWS::SQS::Queue') {
      const name = nameOf('QueueName');
      return {
        ref: `https://sqs.${region}.amazonaws.com/${account}/${name}`,
        arn: `arn:aws:sqs:${region}:${account}:${name}`,
      };
    }
    if (Type === 'AWS::DynamoDB::Table') {
      const name = nameOf('TableName');
      return { ref: name, arn: `arn:aws:dynamodb:${region}:${account}:table/${name}` };
    }
    if (Type === 'AWS::S3::Bucket') return { ref: nameOf('BucketName'), arn: `arn:aws:s3:::${nameOf('BucketName')}` };
    return { ref: id, arn: `${id}.Arn` };
  }

  #call(name: string, argument: Json): Value {
    const list = Array.isArray(argument) ? argument : [];
    if (name === 'Ref') return this.#ref(String(argument));
    if (name === 'Fn::If') return this.value((this.condition(String(list[0])) ? list[1] : list[2]) ?? null);
    if (name === 'Fn::GetAtt') return this.#attribute(String(list[0]), String(list[1]));
    if (name === 'Fn::Sub') return this.#substitute(String(argument));
    if (name === 'Fn::Join') return this.#list(list[1]).join(String(list[0]));
    if (name === 'Fn::Select') return this.#list(list[1])[Number(list[0])];
    if (name === 'Fn::GetAZs') return ['zone-a', 'zone-b', 'zone-c'];
    if (name === 'Fn::Cidr') return Array.from({ length: Number(list[1]) }, (_, index) => `block ${index}`);
    throw new Error(`the function ${name} is not implemented here`);
  }

  #list(json: Json | undefined): Json[] {
    const value = this.value(json ?? null);
    if (!Array.isArray(value)) throw new Error(`not a list: ${JSON.stringify(json)}`);
    return value;
  }

  #substitute(text: string): string {
    return text.replaceAll(/\$\{([^!}][^}]*)\}/g, (_, name: string) => {
      const [id = '', ...attribute] = name.split('.');
      return attribute.length === 0 ? this.ref(name) : this.#attribute(id, attribute.join('.'));
    });
  }

  #isTrue(expression: Json): boolean {
    const [[name, argument] = []] = Object.entries(expression as Record<string, Json>);
    const list = Array.isArray(argument) ? argument : [];
    if (name === 'Fn::Equals') {
      const [left, right] = list.map((item) => JSON.stringify(this.value(item) ?? null));
      return left === right;
    }
    if (name === 'Fn::Not') return !this.#isTrue(list[0] ?? null);
    if (name === 'Fn::Or') return list.some((item) => this.#isTrue(item));
    if (name === 'Fn::And') return list.every((item) => this.#isTrue(item));
    if (name === 'Condition') return this.condition(String(argument));
    throw new Error(`not a condition: ${JSON.stringify(expression)}`);
  }
}
