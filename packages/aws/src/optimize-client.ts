// Caches parts of the SDK's requests that never change and that the SDK computes for each request: a third of a small
// call's CPU. The requests stay the same. docs/performance.md lists the measured gain of each part. The code depends
// on names inside the SDK, so a test fails when another version of the SDK is installed than those it was written for.
import { getSchemaSerdePlugin } from '@smithy/core/schema';
import type { HttpHandlerOptions, HttpRequest, RequestHandler } from '@smithy/types';

/** What the clients of all services have in common: the type of each SDK client accepts only its own commands. */
interface AnyClient {
  send(command: { readonly input: object }, options?: HttpHandlerOptions): Promise<unknown>;
  readonly middlewareStack: {
    remove(name: string): boolean;
    add(middleware: (next: Next) => Next, options: object): void;
    use(plugin: unknown): void;
  };
  config: {
    readonly requestHandler: RequestHandler<HttpRequest, unknown, HttpHandlerOptions>;
    readonly defaultUserAgentProvider: (config: object) => Promise<UserAgent>;
  };
}

type UserAgent = readonly (readonly [name: string, version?: string])[];

interface Call {
  readonly input: object;
  readonly request: HttpRequest;
}

type Next = (call: Call) => unknown;

/**
 * Makes the calls of an SQS or DynamoDB client cheaper. The client must be made with `cacheMiddleware: true`, and no
 * code may add middleware to it after its first call.
 */
export function optimizeClient(given: unknown): void {
  const client = given as AnyClient;
  cacheUserAgent(client);
  passSignalsByInput(client);
  // Three middlewares copy the configuration for each request. V8 keeps the object that the SDK creates as a hash table,
  // which takes seven times as long to copy as this copy of it.
  client.config = { ...client.config };
  client.middlewareStack.use(getSchemaSerdePlugin(client.config as never));
}

/** The SDK escapes and joins the same user agent for every request. */
function cacheUserAgent({ config, middlewareStack }: AnyClient): void {
  const userAgent = config
    // The SDK's own configuration, for the value of AWS_SDK_UA_APP_ID.
    .defaultUserAgentProvider(config)
    .then((products) => products.map(([name, version]) => (version ? `${name}/${version}` : name)).join(' '));
  middlewareStack.remove('getUserAgentMiddleware');
  middlewareStack.add(
    (next) => async (call) => {
      call.request.headers['user-agent'] = await userAgent;
      return next(call);
    },
    { name: 'movieLoadUserAgentMiddleware', step: 'build', priority: 'low' },
  );
}

/**
 * The SDK caches a command's middleware only when `send` gets no options, and nearly every one of our calls has a
 * signal. So the signal is passed with the input, and the innermost middleware passes it to the HTTP handler. Nothing
 * checks it between two attempts of one call: an abort then takes effect when the SDK's pause is over.
 */
function passSignalsByInput(client: AnyClient): void {
  const signals = new WeakMap<object, NonNullable<HttpHandlerOptions['abortSignal']>>();
  const send = client.send.bind(client);
  client.send = (command, options) => {
    if (options?.abortSignal === undefined) signals.delete(command.input);
    else signals.set(command.input, options.abortSignal);
    return send(command);
  };
  const { requestHandler } = client.config;
  client.middlewareStack.add(
    (next) => (call) => {
      const abortSignal = signals.get(call.input);
      return abortSignal === undefined ? next(call) : requestHandler.handle(call.request, { abortSignal });
    },
    { name: 'movieLoadSignalMiddleware', step: 'deserialize', priority: 'low' },
  );
}
