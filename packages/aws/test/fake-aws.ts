// Clients with the test's answers by the names of calls, in the form of S3's, DynamoDB's and SQS's.
import { type AwsClients, awsSettingsFrom, resourceDefinitions } from '../src/index.ts';

type Input = Readonly<Record<string, unknown>>;
interface Options {
  readonly abortSignal?: AbortSignal;
  readonly requestTimeout?: number;
}
/** The answer to a call; an error is thrown. */
export type Answers = Readonly<Record<string, (input: Input, options: Options) => unknown>>;

interface RecordedCall {
  readonly name: string;
  readonly input: Input;
  readonly options: Options;
}

/** A call without an answer fails. */
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
export const refusal = (name: string, more: object = {}) =>
  Object.assign(new Error(name), { name, $fault: 'client', ...more });

/** Returns the next of these for each call, then the last one repeatedly. */
export function inTurn(...answers: readonly unknown[]) {
  const left = [...answers];
  return () => (left.length > 1 ? left.shift() : left[0]);
}

/** The settings of an endpoint that is never called: the names that `provision` creates there. */
export const settings = awsSettingsFrom({ AWS_ENDPOINT_URL: 'http://127.0.0.1:1' });
export const definitions = resourceDefinitions(settings);
export const [index] = definitions.table.GlobalSecondaryIndexes ?? [];

/** The description of a table without differences. */
export const ACTIVE = {
  TableStatus: 'ACTIVE',
  KeySchema: definitions.table.KeySchema,
  GlobalSecondaryIndexes: [{ ...index, IndexStatus: 'ACTIVE' }],
};
export const NO_TABLE = refusal('ResourceNotFoundException');
/** A time to live without differences. */
export const ENABLED = { TimeToLiveStatus: 'ENABLED', AttributeName: 'expires_at' };
