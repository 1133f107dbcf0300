// A recording proxy in front of an emulator (LocalStack), which counts operations like the embedded AWS's hooks.
// Emulators do not check signatures, so that the different host name does not matter. All contenders use it.
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { ownCpuSeconds } from './own-cpu.ts';
import { createRecorder, operationOf } from './recorder.ts';

const upstream = new URL(process.argv[2] ?? '');
const recorder = createRecorder();
const agent = new http.Agent({ keepAlive: true, maxSockets: 256 });

const server = http.createServer((request, response) => {
  const { method = 'GET', url = '/', headers } = request;
  const target = headers['x-amz-target'];
  const operation = operationOf(method, url, Array.isArray(target) ? target[0] : target);
  const upstreamRequest = http.request({
    host: upstream.hostname,
    port: upstream.port,
    method,
    path: url,
    headers,
    agent,
  });
  request.pipe(upstreamRequest);
  upstreamRequest.on('response', (upstreamResponse) => {
    response.writeHead(upstreamResponse.statusCode ?? 502, upstreamResponse.headers);
    upstreamResponse.pipe(response);
    upstreamResponse.on('end', () => recorder.record(operation));
  });
  upstreamRequest.on('error', (error) => {
    if (!response.headersSent) response.writeHead(502);
    response.end(error.message);
  });
  response.on('close', () => upstreamRequest.destroy());
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.send?.({ endpoint: `http://127.0.0.1:${port}` });
});

process.on('message', (request) => {
  if (request === 'reset') recorder.reset();
  process.send?.({ records: recorder.read(), cpu_seconds: ownCpuSeconds() });
});
process.on('disconnect', () => process.exit());
