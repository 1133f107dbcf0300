// Loaded into every process of `movie-load up` (`node --import`): appends each HTTP request, once it is answered or aborted,
// to a file, as one line of JSON.
import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';

subscribe('http.server.request.start', ({ request, response, socket }) => {
  const { method, url, headers } = request;
  const port = socket.localPort;
  response.once('close', () => {
    const line = { port, method, url, status: response.statusCode, headers };
    appendFileSync(process.env.RECORDED_REQUESTS, `${JSON.stringify(line)}\n`);
  });
});
