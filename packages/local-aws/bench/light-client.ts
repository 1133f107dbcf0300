// The lightest HTTP client that can call SQS: one socket, one request at a time, prepared bytes, no parsing but the
// body's length.

import { connect, type Socket } from 'node:net';

export class LightClient {
  readonly #socket: Socket;
  readonly #host: string;
  #received: Buffer = Buffer.alloc(0);
  #done: ((body: string) => void) | undefined;

  private constructor(socket: Socket, host: string) {
    this.#socket = socket;
    this.#host = host;
    socket.on('data', (chunk) => this.#read(chunk));
  }

  static async connect(endpoint: string): Promise<LightClient> {
    const { hostname, port, host } = new URL(endpoint);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new LightClient(socket, host);
  }

  /** One call; the answer's body as text. */
  call(operation: string, input: object): Promise<string> {
    const body = JSON.stringify(input);
    const { promise, resolve } = Promise.withResolvers<string>();
    this.#done = resolve;
    this.#socket.write(
      `POST / HTTP/1.1\r\nhost: ${this.#host}\r\nx-amz-target: AmazonSQS.${operation}\r\nauthorization: AWS4-HMAC-SHA256 Signature=0\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
    return promise;
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const end = this.#received.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = this.#received.toString('latin1', 0, end);
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    if (this.#received.length < end + 4 + length) return;
    const body = this.#received.toString('utf8', end + 4, end + 4 + length);
    this.#received = Buffer.alloc(0);
    if (!head.startsWith('HTTP/1.1 200')) throw new Error(body);
    this.#done?.(body);
  }
}
