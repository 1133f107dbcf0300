// Lets a service answer into nothing: the effect happens, the caller sees a fault.

import type { ServerResponse } from 'node:http';

/** Replaces what writes to the client; `done` is called when the service has finished its answer. */
export function loseAnswer(response: ServerResponse, done: (restored: ServerResponse) => void): void {
  const real = { write: response.write, end: response.end, writeHead: response.writeHead };
  const lost: { [name in keyof typeof real]: unknown } = {
    write: (_chunk: unknown, ...rest: unknown[]) => {
      const callback = rest.at(-1);
      if (typeof callback === 'function') callback();
      return true;
    },
    writeHead: () => response,
    end: (...given: unknown[]) => {
      Object.assign(response, real);
      for (const name of response.getHeaderNames()) response.removeHeader(name);
      response.statusCode = 200;
      done(response);
      const callback = given.at(-1);
      if (typeof callback === 'function') callback();
      return response;
    },
  };
  Object.assign(response, lost);
}
