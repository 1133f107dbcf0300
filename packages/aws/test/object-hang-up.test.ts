import http from 'node:http';
import { test } from '@jest/globals';
import { closeServer, listenLocally } from '@movie-load/testing';
import { awsSettingsFrom, createClients, openObjects } from '../src/index.ts';

test('an object that is not read to its end closes its connection', async () => {
  await using endless = await startEndlessS3();
  const settings = awsSettingsFrom({ AWS_ENDPOINT_URL: endless.endpoint });
  const clients = createClients(settings, { env: {} });
  const objects = openObjects(clients, settings.bucket);
  const open = async () => {
    const object = await objects.get('endless');
    if (object === undefined) throw new Error('not there');
    return object;
  };
  (await open()).discard();
  await endless.hungUp();
  for await (const chunk of (await open()).body) if (chunk.length > 0) break;
  await endless.hungUp();
  const half = await open();
  await half.body[Symbol.asyncIterator]().next();
  half.discard();
  half.discard();
  await endless.hungUp();
  clients.destroy();
});

/** Answers every request with an endless object that has a checksum, as all objects in S3 do. */
async function startEndlessS3() {
  let hungUp = Promise.withResolvers<void>();
  const server = http.createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-length': String(2 ** 40), 'x-amz-checksum-crc32': 'AAAAAA==' });
    const write = () => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536)));
    };
    response.on('drain', write).on('close', () => hungUp.resolve());
    write();
  });
  const { url: endpoint } = await listenLocally(server);
  return {
    endpoint,
    async hungUp() {
      await hungUp.promise;
      hungUp = Promise.withResolvers();
    },
    [Symbol.asyncDispose]: () => closeServer(server),
  };
}
