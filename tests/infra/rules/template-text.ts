// Rules of a whole template, before parameters are resolved.
import type { Json, Template } from '../../support/template.ts';
import { unless } from './rule.ts';

/** The name of the rule. Deploying the template finds references to missing resources. */
export const TEMPLATE_RULE =
  'a template refers to existing resources, uses what it declares, and explains its parameters';

const MAX_DESCRIPTION_CHARACTERS = 1024;

export function templateProblems(template: Template): string[] {
  const used = new Set([...namesIn(template.Resources as never), ...namesIn(template.Outputs as never)]);
  const usedInConditions = new Set([...namesIn(template.Conditions), ...namesIn(template.Rules)]);
  const isUsed = (name: string) => used.has(name) || usedInConditions.has(name);
  const parameters = Object.entries(template.Parameters);
  return [
    ...parameters.filter(([name]) => !isUsed(name)).map(([name]) => `the parameter ${name} is not used`),
    ...parameters.filter(([, one]) => !one.Description).map(([name]) => `the parameter ${name} is not explained`),
    ...parameters
      .filter(([, { Default, AllowedPattern }]) => Default !== undefined && AllowedPattern !== undefined)
      .filter(([, { Default, AllowedPattern }]) => !new RegExp(`^(?:${AllowedPattern})$`).test(String(Default)))
      .map(([name]) => `the parameter ${name} does not take its own default`),
    ...parameters
      .filter(([, { Default, AllowedValues }]) => AllowedValues && !AllowedValues.includes(String(Default)))
      .map(([name]) => `the parameter ${name} does not take its own default`),
    ...Object.keys(template.Conditions)
      .filter((name) => !isUsed(name))
      .map((name) => `the condition ${name} is not used`),
    ...circlesIn(template).map((ids) => `these wait for each other: ${ids.join(', ')}`),
    ...unless(template.Description.length <= MAX_DESCRIPTION_CHARACTERS, 'its description is too long'),
  ];
}

/** Resources that depend on each other in a circle. CloudFormation refuses them, the evaluation here would not. */
function circlesIn({ Resources }: Template): string[][] {
  const dependencies = new Map(
    Object.entries(Resources).map(([id, { Properties, DependsOn, Metadata }]) => [
      id,
      new Set([...namesIn(Properties), ...namesIn(Metadata), ...DependsOn]),
    ]),
  );
  const reachable = (from: string, reached = new Set<string>()): Set<string> => {
    for (const next of dependencies.get(from) ?? []) {
      if (reached.has(next)) continue;
      reached.add(next);
      reachable(next, reached);
    }
    return reached;
  };
  const inCircle = Object.keys(Resources).filter((id) => reachable(id).has(id));
  return inCircle.length === 0 ? [] : [inCircle];
}

/** Every name that a function refers to. */
function namesIn(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, argument]) => {
    if (key === 'Ref' || key === 'Condition') return typeof argument === 'string' ? [argument] : namesIn(argument);
    if (key === 'Fn::If' || key === 'Fn::GetAtt')
      return [String(Array.isArray(argument) ? argument[0] : ''), ...namesIn(argument)];
    if (key === 'Fn::Sub') return [...String(argument).matchAll(/\$\{([\w]+)/g)].map(([, name = '']) => name);
    return namesIn(argument);
  });
}
