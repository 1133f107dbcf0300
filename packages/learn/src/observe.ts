// Tells what happens in a lesson's world while it happens: what becomes of messages, which calls are made, and by whom.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { AwsClients } from '@movie-load/aws';
import type { MessageHistories } from '@movie-load/local-aws';
import type { RunEvent } from '@movie-load/operations/lessons';
import { parseDeduplicationId } from '@movie-load/schema';

/** Takes what a run tells. It is called in the middle of the run: it takes notes, and nothing else. */
export type Observe = (event: RunEvent) => void;

/** Calls that no process of the lesson makes: those by which the script measures. */
const SCRIPT = 'the lesson';

/** Who makes the calls of a lesson: all of its processes are in this one. */
export class Callers {
  readonly #storage = new AsyncLocalStorage<string>();
  readonly #names = new Map<string, string>();

  /** Does the work as the process of this name. */
  as<T>(name: string, work: () => T): T {
    return this.#storage.run(name, work);
  }

  get current(): string {
    return this.#storage.getStore() ?? SCRIPT;
  }

  /** The name of the current process as an application id, which has no spaces. */
  applicationId(): string {
    const name = this.current;
    const id = name.replaceAll(' ', '-');
    this.#names.set(id, name);
    return id;
  }

  /** The name that an application id was made of. */
  nameOf(applicationId: string): string {
    return this.#names.get(applicationId) ?? applicationId;
  }
}

export interface ObserveOptions {
  readonly callers: Callers;
  /** Of the lesson's clock. */
  readonly secondOf: (at: number) => number;
  readonly now: () => number;
  readonly tell: Observe;
}

const LABEL_CHARACTERS = 12;

/** Tells what becomes of messages from now on. */
export function observeMessages(history: MessageHistories, { callers, secondOf, tell }: ObserveOptions): void {
  history.onEvent(({ kind, at, queue, by, until, receives }, { id, body, groupId, deduplicationId }) => {
    const number = parseDeduplicationId(deduplicationId ?? '')?.number;
    tell({
      event: 'message',
      second: secondOf(at),
      message_id: id,
      label: number === undefined ? body.slice(0, LABEL_CHARACTERS) : String(number),
      group: groupId ?? null,
      queue,
      kind,
      by: by === null ? null : callers.nameOf(by),
      hidden_until: until === null ? null : secondOf(until),
      receives,
    });
  });
}

interface Command {
  readonly input: object;
}
interface Answered {
  readonly output: object;
}
interface Sent {
  readonly request: unknown;
}
interface Named {
  readonly commandName?: unknown;
}

/** Tells each call when it has ended, and says to the embedded AWS who makes it. */
export function observeCalls(
  { sqs, dynamodb, s3 }: AwsClients,
  { callers, secondOf, now, tell }: ObserveOptions,
): void {
  const telling =
    (service: string) =>
    <C extends Command, A extends Answered>(next: (call: C) => Promise<A>, { commandName }: Named) => {
      const operation = `${service}:${String(commandName).replace(/Command$/, '')}`;
      const told = (input: object, output: object, failed: string | null) =>
        tell({
          event: 'call',
          second: secondOf(now()),
          by: callers.current,
          operation,
          entries: entriesOf(operation, input, output),
          failed,
        });
      return async (call: C): Promise<A> => {
        try {
          const answer = await next(call);
          told(call.input, answer.output, refusedIn(answer.output));
          return answer;
        } catch (error) {
          told(call.input, {}, Error.isError(error) ? error.name : 'Error');
          throw error;
        }
      };
    };
  const naming =
    <S extends Sent, A>(next: (sent: S) => Promise<A>) =>
    (sent: S): Promise<A> => {
      const { request } = sent;
      if (hasHeaders(request)) request.headers['user-agent'] = `lesson app/${callers.applicationId()}`;
      return next(sent);
    };
  const [told, named] = [
    { step: 'initialize', name: 'lessonTellCalls' } as const,
    { step: 'finalizeRequest', name: 'lessonNameCaller', priority: 'high' } as const,
  ];
  sqs.middlewareStack.add(telling('sqs'), told);
  sqs.middlewareStack.add(naming, named);
  dynamodb.middlewareStack.add(telling('dynamodb'), told);
  s3.middlewareStack.add(telling('s3'), told);
}

const hasHeaders = (request: unknown): request is { readonly headers: Record<string, string> } =>
  typeof request === 'object' && request !== null && 'headers' in request;

/** A batch succeeds as a whole when entries of it fail. */
function refusedIn(output: object): string | null {
  if (!('Failed' in output) || !Array.isArray(output.Failed) || output.Failed.length === 0) return null;
  const [first]: { readonly Code?: string }[] = output.Failed;
  return `${output.Failed.length} refused, ${first?.Code ?? 'no reason given'}`;
}

/** How many things a call was about. */
function entriesOf(operation: string, input: object, output: object): number | null {
  if ('Entries' in input && Array.isArray(input.Entries)) return input.Entries.length;
  if ('RequestItems' in input && typeof input.RequestItems === 'object') {
    return Object.values(input.RequestItems ?? {}).reduce((sum, items) => sum + items.length, 0);
  }
  if (operation !== 'sqs:ReceiveMessage') return null;
  return 'Messages' in output && Array.isArray(output.Messages) ? output.Messages.length : 0;
}
