// Converts an operation's output into the XML elements of the Query protocol.

import { isObject, type Output } from '../sqs/input.ts';
import type { Element } from './xml.ts';

/** Lists whose items are repeated in the parent, under another name. */
const ITEM_NAMES: Readonly<Record<string, string>> = {
  Messages: 'Message',
  QueueUrls: 'QueueUrl',
  queueUrls: 'QueueUrl',
  Failed: 'BatchResultErrorEntry',
  Results: 'ListMessageMoveTasksResultEntry',
};

/** Members that are maps: their element and key names. */
export const MAP_NAMES: Readonly<Record<string, readonly [element: string, key: string]>> = {
  Attributes: ['Attribute', 'Name'],
  MessageAttributes: ['MessageAttribute', 'Name'],
  Tags: ['Tag', 'Key'],
};

/** Operations whose answer has no content. */
export const OPERATIONS_WITHOUT_RESULT = new Set([
  'DeleteQueue',
  'PurgeQueue',
  'SetQueueAttributes',
  'DeleteMessage',
  'ChangeMessageVisibility',
  'TagQueue',
  'UntagQueue',
  'AddPermission',
  'RemovePermission',
]);

function content(operation: string, value: unknown): string | readonly Element[] {
  return isObject(value) ? members(operation, value) : String(value);
}

function members(operation: string, output: Readonly<Record<string, unknown>>): Element[] {
  const elements: Element[] = [];
  for (const [name, value] of Object.entries(output)) {
    if (value === undefined) continue;
    const map = MAP_NAMES[name];
    if (Array.isArray(value)) {
      const itemName = name === 'Successful' ? `${operation}ResultEntry` : (ITEM_NAMES[name] ?? name);
      for (const entry of value) elements.push([itemName, content(operation, entry)]);
    } else if (map !== undefined && isObject(value)) {
      const [element, key] = map;
      for (const [mapKey, mapValue] of Object.entries(value)) {
        elements.push([
          element,
          [
            [key, mapKey],
            ['Value', content(operation, mapValue)],
          ],
        ]);
      }
    } else {
      elements.push([name, content(operation, value)]);
    }
  }
  return elements;
}

/** `<SendMessageResult>…</SendMessageResult><ResponseMetadata>…`, without the outermost element. */
export function queryOutput(operation: string, output: Output, requestId: string): Element[] {
  const elements: Element[] = [];
  if (!OPERATIONS_WITHOUT_RESULT.has(operation)) elements.push([`${operation}Result`, members(operation, output)]);
  elements.push(['ResponseMetadata', [['RequestId', requestId]]]);
  return elements;
}
