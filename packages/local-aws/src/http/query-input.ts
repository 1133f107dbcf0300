// Turns a form of the Query protocol into the JSON protocol's request: `Attribute.1.Name=VisibilityTimeout` becomes
// `Attributes: { VisibilityTimeout: … }`.

import type { Input } from '../sqs/input.ts';

const LISTS: Readonly<Record<string, string>> = {
  AttributeName: 'AttributeNames',
  MessageAttributeName: 'MessageAttributeNames',
  MessageSystemAttributeName: 'MessageSystemAttributeNames',
  TagKey: 'TagKeys',
};

const MAPS: Readonly<Record<string, { readonly member: string; readonly key: string }>> = {
  Attribute: { member: 'Attributes', key: 'Name' },
  MessageAttribute: { member: 'MessageAttributes', key: 'Name' },
  MessageSystemAttribute: { member: 'MessageSystemAttributes', key: 'Name' },
  Tag: { member: 'Tags', key: 'Key' },
};

const ENTRIES = /^(SendMessage|DeleteMessage|ChangeMessageVisibility)BatchRequestEntry$/;

/** A parameter's value, or the parameters below it by the next part of their names. */
type Tree = Map<string, Tree> | string;

function nest(parameters: Iterable<readonly [string, string]>): Map<string, Tree> {
  const root: Map<string, Tree> = new Map();
  for (const [name, value] of parameters) {
    const parts = name.split('.');
    const last = parts.pop() ?? '';
    let node = root;
    for (const part of parts) {
      let below = node.get(part);
      if (!(below instanceof Map)) {
        below = new Map();
        node.set(part, below);
      }
      node = below;
    }
    node.set(last, value);
  }
  return root;
}

/** Numbered members in the order of their numbers. */
function numbered(tree: Tree): Tree[] {
  if (!(tree instanceof Map)) return [];
  return [...tree].sort(([a], [b]) => Number(a) - Number(b)).map(([, value]) => value);
}

function toMap(tree: Tree, key: string): Record<string, unknown> {
  const map: Record<string, unknown> = {};
  for (const member of numbered(tree)) {
    const name = member instanceof Map ? member.get(key) : undefined;
    if (!(member instanceof Map) || typeof name !== 'string') continue;
    const value = member.get('Value');
    map[name] = value instanceof Map ? Object.fromEntries(value) : (value ?? '');
  }
  return map;
}

function toMembers(tree: Map<string, Tree>): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const [name, value] of tree) {
    const list = LISTS[name];
    const map = MAPS[name];
    if (list !== undefined) input[list] = numbered(value);
    else if (map !== undefined) input[map.member] = toMap(value, map.key);
    // An empty list is sent as an empty text under the member's own name.
    else if (name === 'Entries' && value === '') input.Entries = [];
    else if (ENTRIES.test(name))
      input.Entries = numbered(value).map((one) => (one instanceof Map ? toMembers(one) : one));
    else input[name] = value;
  }
  return input;
}

/** The request in the shape of the JSON protocol; numbers stay text. */
export function queryInput(parameters: URLSearchParams, path: string): Input {
  const input = toMembers(nest(parameters));
  // Old clients post to the queue's URL and do not name it again.
  if (input.QueueUrl === undefined && path.length > 1) input.QueueUrl = path;
  return input;
}
