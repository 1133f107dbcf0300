// The embedded AWS under AWS's host names, behind a proxy: for behaviour that commands and services have on AWS only.
import http from 'node:http';
import { devNull } from 'node:os';
import { closeServer, listenLocally } from '@movie-load/testing';

export interface AsAws extends AsyncDisposable {
  /** For commands (with `--aws`) and services. */
  readonly env: NodeJS.ProcessEnv;
  /** Every request so far. */
  readonly seen: readonly SeenRequest[];
  /** Services whose connections are closed. */
  readonly unreachable: Set<string>;
}

export interface SeenRequest {
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
const OWN_NAME = 'localhost';

/** @param upstream the endpoint of the embedded AWS */
export async function startAsAws(upstream: string): Promise<AsAws> {
  const { hostname, port } = new URL(upstream);
  const seen: SeenRequest[] = [];
  const unreachable = new Set<string>();
  const agent = new http.Agent({ keepAlive: true });
  const server = http.createServer((request, response) => {
    const { host, pathname, search } = new URL(request.url ?? '', 'http://none');
    const { method = '', headers } = request;
    const service = host.split('.')[0] ?? '';
    seen.push({ service, method, path: pathname + search, headers });
    if (unreachable.has(service)) {
      request.socket.destroy();
      return;
    }
    const forwarded = { host: hostname, port, method, path: pathname + search, agent };
    const forward = http.request({ ...forwarded, headers: { ...headers, host: `${OWN_NAME}:${port}` } }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    forward.on('error', () => response.destroy());
    response.on('close', () => forward.destroy());
    request.pipe(forward);
  });
  const { url } = await listenLocally(server);
  const endpoints = SERVICES.map((one) => [
    `AWS_ENDPOINT_URL_${one.toUpperCase()}`,
    `http://${one}.${REGION}.amazonaws.com`,
  ]);
  return {
    seen,
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
