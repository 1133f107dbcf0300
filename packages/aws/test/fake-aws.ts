// Fakes of the SQS, DynamoDB and S3 clients: the test gives the answer to each operation.
import { type AwsClients, awsSettingsFrom, resourceDefinitions } from '../src/index.ts';

type Input = Readonly<Record<string, unknown>>;
interface Options {
  readonly abortSignal?: AbortSignal;
  readonly requestTimeout?: number;
}
/** By operation, e.g. `GetQueueUrl`: a function that returns the response, or an error to be thrown. */
export type Answers = Readonly<Record<string, (input: Input, options: Options) => unknown>>;

interface RecordedCall {
  readonly name: string;
  readonly input: Input;
  readonly options: Options;
}

/** Records all calls. A call of an operation without an answer fails. */
export function fakeAws(answers: Answers) {
  const requested: RecordedCall[] = [];
  const send = async (command: { readonly input: Input }, options: Options = {}) => {
    const name = command.constructor.name.replace('Command', '');
    requested.push({ name, input: command.input, options });
    const answer = await (answers[name]?.(command.input, options) ?? new Error(`${name} is not expected here`));
    if (Error.isError(answer)) throw answer;
    return answer;
  };
  const client = () => ({ send });
  const clients = { sqs: client(), poll: client(), dynamodb: client(), s3: client() } as unknown as Pick<
    AwsClients,
    'sqs' | 'poll' | 'dynamodb' | 's3'
  >;
  return { requested, clients, names: () => requested.map(({ name }) => name) };
}

/** An error of AWS that is not transient. */
export const refusal = (name: string, properties: object = {}) =>
  Object.assign(new Error(name), { name, $fault: 'client', ...properties });

/** An answer that differs by call: the first call gets the first of these, and so on; further calls get the last. */
export function inTurn(...answers: readonly unknown[]) {
  const remaining = [...answers];
  return () => (remaining.length > 1 ? remaining.shift() : remaining[0]);
}

/** Settings with the default names; the endpoint is never called. */
export const settings = awsSettingsFrom({ AWS_ENDPOINT_URL: 'http://127.0.0.1:1' });
export const definitions = resourceDefinitions(settings);
export const [index] = definitions.table.GlobalSecondaryIndexes ?? [];

/** The description of a table as `provision` wants it. */
export const ACTIVE_TABLE = {
  TableStatus: 'ACTIVE',
  KeySchema: definitions.table.KeySchema,
  GlobalSecondaryIndexes: [{ ...index, IndexStatus: 'ACTIVE' }],
};
export const NO_TABLE = refusal('ResourceNotFoundException');
/** A time to live as `provision` wants it. */
export const TTL_ENABLED = { TimeToLiveStatus: 'ENABLED', AttributeName: 'expires_at' };
