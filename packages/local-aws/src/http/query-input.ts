// Converts a form of the Query protocol into a request of the JSON protocol: `Attribute.1.Name=VisibilityTimeout`
// becomes `Attributes: { VisibilityTimeout: … }`.

import { SqsError } from '../sqs/errors.ts';
import type { Input } from '../sqs/input.ts';

/** The limit of parameters: far more than the largest batch has, and too few to block the event loop. */
export const MAX_PARAMETERS = 5000;
/**
 * The limit of a name's parts: `SendMessageBatchRequestEntry.1.MessageAttribute.1.Value.StringValue` and room for more.
 */
const MAX_LEVELS = 10;

const LISTS: Readonly<Record<string, string>> = {
  ActionName: 'Actions',
  AttributeName: 'AttributeNames',
  AWSAccountId: 'AWSAccountIds',
  MessageAttributeName: 'MessageAttributeNames',
  MessageSystemAttributeName: 'MessageSystemAttributeNames',
  TagKey: 'TagKeys',
};

/**
 * Clients send an empty list as an empty text under the member's own name; some also number a list's items under it.
 */
const LIST_MEMBERS = new Set([...Object.values(LISTS), 'Entries']);

const MAPS: Readonly<Record<string, { readonly member: string; readonly key: string }>> = {
  Attribute: { member: 'Attributes', key: 'Name' },
  MessageAttribute: { member: 'MessageAttributes', key: 'Name' },
  MessageSystemAttribute: { member: 'MessageSystemAttributes', key: 'Name' },
  Tag: { member: 'Tags', key: 'Key' },
};

const ENTRIES = /^(SendMessage|DeleteMessage|ChangeMessageVisibility)BatchRequestEntry$/;

/** A parameter's value, or the parameters whose names continue with a dot. */
type Tree = Map<string, Tree> | string;

function toTree(parameters: Iterable<readonly [string, string]>): Map<string, Tree> {
  const root: Map<string, Tree> = new Map();
  for (const [name, value] of parameters) {
    const parts = name.split('.', MAX_LEVELS + 1);
    if (parts.length > MAX_LEVELS) throw new SqsError('SerializationException', 'A parameter has too many levels.');
    const last = parts.pop() ?? '';
    let node = root;
    for (const part of parts) {
      let child = node.get(part);
      if (!(child instanceof Map)) {
        child = new Map();
        node.set(part, child);
      }
      node = child;
    }
    node.set(last, value);
  }
  return root;
}

/** Numbered members in the order of their numbers. */
function numberedValues(tree: Tree): Tree[] {
  if (!(tree instanceof Map)) return [];
  return [...tree].sort(([a], [b]) => Number(a) - Number(b)).map(([, value]) => value);
}

function toMap(tree: Tree, key: string): Record<string, unknown> {
  const map: Record<string, unknown> = Object.create(null);
  for (const member of numberedValues(tree)) {
    const name = member instanceof Map ? member.get(key) : undefined;
    if (!(member instanceof Map) || typeof name !== 'string') continue;
    const value = member.get('Value');
    map[name] = value instanceof Map ? Object.fromEntries(value) : (value ?? '');
  }
  return map;
}

function toMembers(tree: Map<string, Tree>): Record<string, unknown> {
  const input: Record<string, unknown> = Object.create(null);
  for (const [name, value] of tree) {
    const list = LISTS[name];
    const map = MAPS[name];
    if (list !== undefined) input[list] = numberedValues(value);
    else if (map !== undefined) input[map.member] = toMap(value, map.key);
    else if (value === '' && LIST_MEMBERS.has(name)) input[name] = [];
    else if (value instanceof Map && LIST_MEMBERS.has(name)) input[name] = numberedValues(value);
    else if (ENTRIES.test(name))
      input.Entries = numberedValues(value).map((entry) => (entry instanceof Map ? toMembers(entry) : entry));
    else input[name] = value;
  }
  return input;
}

/** The request in the form of the JSON protocol; numbers stay text. */
export function queryInput(parameters: URLSearchParams, path: string): Input {
  const input = toMembers(toTree(parameters));
  // Old clients post to the queue's URL and do not repeat it in the form.
  if (input.QueueUrl === undefined && path.length > 1) input.QueueUrl = path;
  // Recorded on AWS: in this protocol, unlike in JSON, the older of two equivalent parameters wins.
  if (Array.isArray(input.AttributeNames) && input.AttributeNames.length > 0) delete input.MessageSystemAttributeNames;
  return input;
}
