// The type of a rule about the templates, and helpers that read resources.
import { z } from 'zod';
import type { DeployedResource, Deployment, Json } from '../../support/template.ts';

/** Both stacks, deployed with parameters that an operator could choose. */
export interface Stacks {
  readonly data: Deployment;
  readonly services: Deployment;
}

export interface Rule {
  readonly name: string;
  /** Returns a sentence for each problem. */
  check(stacks: Stacks): string[];
}

/** A resource whose properties a schema has parsed. */
export interface Parsed<Properties> {
  readonly id: string;
  readonly resource: DeployedResource;
  readonly properties: Properties;
}

/** The resources of a type. Throws zod's error for one that a rule cannot read. */
export function ofType<Schema extends z.ZodType>(
  { resources }: Deployment,
  type: string,
  schema: Schema,
): Parsed<z.output<Schema>>[] {
  return resources
    .filter((resource) => resource.type === type)
    .map((resource) => ({ id: resource.id, resource, properties: schema.parse(resource.properties) }));
}

/** The resources of a type, whose properties no schema has parsed. */
export const rawOf = ({ resources }: Deployment, type: string): DeployedResource[] =>
  resources.filter((resource) => resource.type === type);

/** Returns the problem as a list, or an empty list if the condition is true. */
export const unless = (condition: boolean, problem: string): string[] => (condition ? [] : [problem]);

/** A value for the sentence of a problem. */
export const text = (value: Json | undefined): string => JSON.stringify(value) ?? 'nothing';

const statementSchema = z.looseObject({
  Effect: z.enum(['Allow', 'Deny']),
  Principal: z.json().optional(),
  Action: z.union([z.string().transform((one) => [one]), z.array(z.string())]),
  Resource: z.union([z.string().transform((one) => [one]), z.array(z.string())]).default([]),
  Condition: z.json().optional(),
});
export const policyDocument = z.strictObject({
  Version: z.literal('2012-10-17'),
  Statement: z.array(statementSchema).min(1),
});
export type Statement = z.infer<typeof statementSchema>;
