// Reports the events of a lesson's world as they happen: what happens to messages, and calls with their callers.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { AwsClients } from '@movie-load/aws';
import type { MessageHistories } from '@movie-load/local-aws';
import type { RunEvent } from '@movie-load/operations/lessons';
import { parseDeduplicationId } from '@movie-load/schema';

/** Receives the events of a run. It is called during the run and must only record them. */
export type RunEventListener = (event: RunEvent) => void;

/** The caller of the calls that the script makes itself, to measure. */
const SCRIPT_CALLER = 'the lesson';

/** Tracks which process of a lesson makes each call. All of them are simulated in one Node process. */
export class Callers {
  readonly #storage = new AsyncLocalStorage<string>();
  readonly #names = new Map<string, string>();

  /** Runs the work as the process of this name. */
  as<T>(name: string, work: () => T): T {
    return this.#storage.run(name, work);
  }

  get current(): string {
    return this.#storage.getStore() ?? SCRIPT_CALLER;
  }

  /** The name of the current process as an application id, which has no spaces. */
  applicationId(): string {
    const name = this.current;
    const id = name.replaceAll(' ', '-');
    this.#names.set(id, name);
    return id;
  }

  /** The process name of an application id. */
  nameOf(applicationId: string): string {
    return this.#names.get(applicationId) ?? applicationId;
  }
}

export interface ObserveOptions {
  readonly callers: Callers;
  /** The second on the lesson's clock. */
  readonly secondOf: (at: number) => number;
  readonly now: () => number;
  readonly onEvent: RunEventListener;
}

const LABEL_CHARACTERS = 12;

/** Reports what happens to messages from now on. */
export function observeMessages(history: MessageHistories, { callers, secondOf, onEvent }: ObserveOptions): void {
  history.onEvent(({ kind, at, queue, by, until, receives }, { id, body, groupId, deduplicationId }) => {
    const number = parseDeduplicationId(deduplicationId ?? '')?.number;
    onEvent({
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
interface CommandResult {
  readonly output: object;
}
interface BuiltRequest {
  readonly request: unknown;
}
interface HandlerContext {
  readonly commandName?: unknown;
}

/**
 * Reports each call when it ends. Calls to SQS also name their caller to the embedded AWS, whose events of messages then
 * contain it.
 */
export function observeCalls(
  { sqs, dynamodb, s3 }: AwsClients,
  { callers, secondOf, now, onEvent }: ObserveOptions,
): void {
  const reportCall =
    (service: string) =>
    <C extends Command, A extends CommandResult>(next: (call: C) => Promise<A>, { commandName }: HandlerContext) => {
      const operation = `${service}:${String(commandName).replace(/Command$/, '')}`;
      const report = (input: object, output: object, failed: string | null) =>
        onEvent({
          event: 'call',
          second: secondOf(now()),
          by: callers.current,
          operation,
          entries: countEntries(operation, input, output),
          failed,
        });
      return async (call: C): Promise<A> => {
        try {
          const result = await next(call);
          report(call.input, result.output, refusedText(result.output));
          return result;
        } catch (error) {
          report(call.input, {}, Error.isError(error) ? error.name : 'Error');
          throw error;
        }
      };
    };
  const nameCaller =
    <S extends BuiltRequest, A>(next: (sent: S) => Promise<A>) =>
    (sent: S): Promise<A> => {
      const { request } = sent;
      if (hasHeaders(request)) request.headers['user-agent'] = `lesson app/${callers.applicationId()}`;
      return next(sent);
    };
  const [reportOptions, nameOptions] = [
    { step: 'initialize', name: 'lessonReportCalls' } as const,
    { step: 'finalizeRequest', name: 'lessonNameCaller', priority: 'high' } as const,
  ];
  sqs.middlewareStack.add(reportCall('sqs'), reportOptions);
  sqs.middlewareStack.add(nameCaller, nameOptions);
  dynamodb.middlewareStack.add(reportCall('dynamodb'), reportOptions);
  s3.middlewareStack.add(reportCall('s3'), reportOptions);
}

const hasHeaders = (request: unknown): request is { readonly headers: Record<string, string> } =>
  typeof request === 'object' && request !== null && 'headers' in request;

/** Describes the entries that were refused; null if none was. A batch succeeds even if some of its entries fail. */
function refusedText(output: object): string | null {
  if (!('Failed' in output) || !Array.isArray(output.Failed) || output.Failed.length === 0) return null;
  const [first]: { readonly Code?: string }[] = output.Failed;
  return `${output.Failed.length} refused, ${first?.Code ?? 'no reason given'}`;
}

/** The number of entries or messages of a call. */
function countEntries(operation: string, input: object, output: object): number | null {
  if ('Entries' in input && Array.isArray(input.Entries)) return input.Entries.length;
  if ('RequestItems' in input && typeof input.RequestItems === 'object') {
    return Object.values(input.RequestItems ?? {}).reduce((sum, items) => sum + items.length, 0);
  }
  if (operation !== 'sqs:ReceiveMessage') return null;
  return 'Messages' in output && Array.isArray(output.Messages) ? output.Messages.length : 0;
}
