// The embedded AWS under AWS's host names, behind a proxy: for behaviour that commands and services have on AWS only.
import http from 'node:http';
import { devNull } from 'node:os';
import { closeServer, listenLocally } from '@movie-load/testing';

export interface AwsHostNames extends AsyncDisposable {
  /** The environment of commands (with `--aws`) and services that use it. */
  readonly env: NodeJS.ProcessEnv;
  /** Every request so far. */
  readonly requests: readonly ReceivedRequest[];
  /** Services of which each connection is closed; a test may change the set. */
  readonly unreachable: Set<string>;
}

export interface ReceivedRequest {
  /** `sqs`, `dynamodb`, `s3` or `sts`. */
  readonly service: string;
  readonly method: string;
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
}

/** The account of the embedded AWS. */
export const ACCOUNT = '000000000000';
const REGION = 'eu-west-1';
const SERVICES = ['sqs', 'dynamodb', 's3', 'sts'] as const;
/** The embedded AWS answers to this machine's own names only. */
const LOCAL_HOST_NAME = 'localhost';

/** @param upstream the endpoint of the embedded AWS */
export async function startAwsHostNames(upstream: string): Promise<AwsHostNames> {
  const { hostname, port } = new URL(upstream);
  const requests: ReceivedRequest[] = [];
  const unreachable = new Set<string>();
  const agent = new http.Agent({ keepAlive: true });
  const server = http.createServer((request, response) => {
    const { host, pathname, search } = new URL(request.url ?? '', 'http://none');
    const { method = '', headers } = request;
    const service = host.split('.')[0] ?? '';
    requests.push({ service, method, path: pathname + search, headers });
    if (unreachable.has(service)) {
      request.socket.destroy();
      return;
    }
    const target = { host: hostname, port, method, path: pathname + search, agent };
    const forward = http.request(
      { ...target, headers: { ...headers, host: `${LOCAL_HOST_NAME}:${port}` } },
      (upstreamResponse) => {
        response.writeHead(upstreamResponse.statusCode ?? 502, upstreamResponse.headers);
        upstreamResponse.pipe(response);
      },
    );
    forward.on('error', () => response.destroy());
    response.on('close', () => forward.destroy());
    request.pipe(forward);
  });
  const { url } = await listenLocally(server);
  const endpoints = SERVICES.map((service) => [
    `AWS_ENDPOINT_URL_${service.toUpperCase()}`,
    `http://${service}.${REGION}.amazonaws.com`,
  ]);
  return {
    requests,
    unreachable,
    env: {
      ...Object.fromEntries(endpoints),
      AWS_ENDPOINT_URL: '',
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: 'AKIATEST',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_CONFIG_FILE: devNull,
      AWS_SHARED_CREDENTIALS_FILE: devNull,
      AWS_EC2_METADATA_DISABLED: 'true',
      HTTP_PROXY: url,
      MOVIE_LOAD_BUCKET: '',
      MOVIE_LOAD_BUCKET_OWNER: '',
    },
    async [Symbol.asyncDispose]() {
      await closeServer(server);
      agent.destroy();
    },
  };
}
