// Puts a mistake into a copy of the templates.
import type { StackName } from '../../support/template.ts';
import type { Templates } from '../findings.ts';

export interface Mistake {
  readonly title: string;
  /** The rule that finds it. */
  readonly rule: string;
  /** Changes a copy of the templates. */
  make(templates: Templates): void;
}

export const TEMPLATE_RULE =
  'a template refers to existing resources, uses what it declares, and explains its parameters';
export const CONTAINER = 'Resources/ConsumerTask/Properties/ContainerDefinitions/0';

/** Sets the value at a path whose parent exists; undefined removes it. */
export const set =
  (stack: StackName, path: string, value: unknown) =>
  (templates: Templates): void => {
    const keys = path.split('/');
    const last = keys.pop() ?? '';
    let parent = templates[stack] as unknown as Record<string, unknown>;
    for (const key of keys) {
      const next = parent[key];
      if (typeof next !== 'object' || next === null) throw new Error(`${stack} has no ${path}`);
      parent = next as Record<string, unknown>;
    }
    if (value === undefined && !(last in parent)) throw new Error(`${stack} has no ${path}`);
    if (value !== undefined) parent[last] = value;
    else if (Array.isArray(parent)) parent.splice(Number(last), 1);
    else delete parent[last];
  };

/** Replaces a text in the JSON of a resource. */
export const replace =
  (stack: StackName, resource: string, from: string, to: string) =>
  (templates: Templates): void => {
    const { Resources } = templates[stack];
    const before = JSON.stringify(Resources[resource]);
    const after = before.replace(from, to);
    if (after === before) throw new Error(`${resource} does not have ${from}`);
    Resources[resource] = JSON.parse(after);
  };

export const mistake = (title: string, rule: string, make: Mistake['make']): Mistake => ({ title, rule, make });
