import { once } from 'node:events';
import http from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createConsumers } from '../src/consumers.ts';
import type { Control, ControlledConsumer } from '../src/control.ts';

let asked = 0;
let url: string;
const server = http.createServer((_, response) => {
  asked++;
  response.end(
    'movie_load_messages_received_total 12\nmovie_load_movies_stored_total 10\nmovie_load_messages_in_flight 2\nmovie_load_dynamodb_read_units_total 3\n',
  );
});

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

test.each([
  ['paused', 2],
  ['gone', 0],
] as const)(
  'a consumer that is %s is not asked, keeps what it said, and has %i in flight',
  async (state, in_flight) => {
    let now: ControlledConsumer['state'] = 'working';
    const control = {
      list: async () => [{ name: 'consumer 1', instance: 'a', state: now, url }],
    } as Pick<Control, 'list'> as Control;
    const read = createConsumers({ urls: [url], control });
    expect((await read()).views).toMatchObject([{ state: 'working', stored_movies: 10, in_flight: 2 }]);
    const before = asked;
    now = state;
    const { views, read_units } = await read();
    expect(views).toMatchObject([{ name: 'consumer 1', state, received: 12, stored_movies: 10, in_flight }]);
    expect(read_units).toBe(3);
    expect(asked).toBe(before);
  },
);
