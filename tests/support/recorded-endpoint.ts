// An endpoint that forwards all requests to the embedded AWS and records them, without parts that differ from run to
// run.
import { type ForwardingEndpoint, startForwarding } from './forwarding-endpoint.ts';

export interface RecordedEndpoint extends ForwardingEndpoint {
  /** Operation, names of all headers and shape of the body of each kind of request. */
  readonly kinds: ReadonlySet<string>;
  /** The bodies of all messages that were sent, sorted. */
  messages(): string[];
}

/** Replaces each value by its type, at every depth; of an array only the first element remains. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])];
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shapeOf(inner)]));
}

export async function startRecordedEndpoint(upstream: string): Promise<RecordedEndpoint> {
  const kinds = new Set<string>();
  const messages: string[] = [];

  const forwarding = await startForwarding(upstream, async ({ request, body, forward }) => {
    const { method, url = '/', headers } = request;
    const target = headers['x-amz-target'];
    if (typeof target === 'string') {
      const json = JSON.parse(body.toString());
      const isSend = target.endsWith('.SendMessageBatch');
      if (isSend) messages.push(...json.Entries.map(({ MessageBody }: { MessageBody: string }) => MessageBody));
      // The sizes of slices, and the numbers of entries of batches, differ in each run.
      const shape = isSend ? shapeOf(json) : Object.keys(json).toSorted();
      kinds.add(`${target} ${Object.keys(headers).toSorted()} ${JSON.stringify(shape)}`);
    } else kinds.add(`${method} ${url.replaceAll(/=[^&]*/g, '=')} ${Object.keys(headers).toSorted()}`);
    forward();
  });
  return { ...forwarding, kinds, messages: () => messages.toSorted() };
}
