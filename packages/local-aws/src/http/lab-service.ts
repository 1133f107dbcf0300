// The lab over HTTP: programs that have its token inject faults, move the clock and read the history of messages.
// docs/local-aws.md describes the routes, which speak JSON.
//
//     GET    faults        { rules, presets }        POST faults   a rule, a list of rules, or { "preset": "<name>" }
//     DELETE faults        all of them               DELETE faults/<id>
//     GET    clock         { now, offset_ms }        POST clock    { "forward_ms": 60000 }
//     GET    history?message_id=…&group=…&deduplication_id=…

import { timingSafeEqual } from 'node:crypto';
import { FAULT_PRESETS } from '../lab/fault-presets.ts';
import { FaultRuleError } from '../lab/fault-rule.ts';
import { LAB_PATH, type Lab } from '../lab/lab.ts';
import type { SqsEngine } from '../sqs/engine.ts';
import { bufferedBody } from './buffered-body.ts';
import { type Answer, type FailureDetails, type ReceivedRequest, RequestFailure, type Service } from './service.ts';

const MAX_BODY_BYTES = 64 * 1024;

const json = (status: number, body: unknown): Answer => ({
  status,
  headers: { 'content-type': 'application/json', 'x-content-type-options': 'nosniff' },
  body: JSON.stringify(body),
});

const failure = ({ status, code, message }: FailureDetails): Answer => json(status, { error: message, code });

const NO_TOKEN = new RequestFailure({
  status: 401,
  code: 'NoToken',
  message: 'The lab needs its token. Send the header Authorization: Bearer <token>.',
});

function hasToken({ headers }: { readonly headers: { readonly authorization?: string | undefined } }, token: string) {
  const [actual, expected] = [Buffer.from(headers.authorization ?? ''), Buffer.from(`Bearer ${token}`)];
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

const invalid = (message: string): RequestFailure => new RequestFailure({ status: 400, code: 'Invalid', message });

function parseJsonBody(request: ReceivedRequest, body: Buffer): unknown {
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) {
    throw new RequestFailure({ status: 415, code: 'NotJson', message: 'Send a body of type application/json.' });
  }
  try {
    return JSON.parse(body.toString());
  } catch {
    throw invalid('The body is not JSON.');
  }
}

function onlyMember(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || Object.keys(value).join() !== name) return undefined;
  return Object.values(value)[0];
}

/** The routes of the lab, by method and the first segment of the path. */
class LabRoutes {
  readonly #lab: Lab;
  readonly #engine: SqsEngine;

  constructor(lab: Lab, engine: SqsEngine) {
    this.#lab = lab;
    this.#engine = engine;
  }

  answer(request: ReceivedRequest, body: Buffer): Answer {
    const [resource = '', id] = request.path.slice(LAB_PATH.length).split('/');
    const route = `${request.method} ${resource}${id === undefined ? '' : '/id'}`;
    switch (route) {
      case 'GET faults':
        return json(200, { rules: this.#lab.faults.list(), presets: FAULT_PRESETS });
      case 'POST faults':
        return json(201, { rules: this.#addFaults(parseJsonBody(request, body)) });
      case 'DELETE faults':
        return json(200, { removed: this.#lab.faults.clear() });
      case 'DELETE faults/id':
        return this.#removeFault(id ?? '');
      case 'GET clock':
        return json(200, this.#clockState());
      case 'POST clock':
        return this.#moveClock(parseJsonBody(request, body));
      case 'GET history':
        return json(200, this.#history(new URLSearchParams(request.query)));
      default:
        throw new RequestFailure({ status: 404, code: 'NotFound', message: `The lab has no route ${route}.` });
    }
  }

  #addFaults(value: unknown) {
    const presetName = onlyMember(value, 'preset');
    if (presetName === undefined) return this.#lab.faults.add(value);
    const preset = FAULT_PRESETS.find(({ name }) => name === presetName);
    if (preset !== undefined) return this.#lab.faults.add(preset.rules);
    const names = FAULT_PRESETS.map(({ name }) => name).join(', ');
    throw invalid(`There is no preset ${JSON.stringify(presetName).slice(0, 60)}; there are ${names}.`);
  }

  #removeFault(id: string): Answer {
    const removed = /^[1-9]\d{0,9}$/.test(id) ? this.#lab.faults.clear(Number(id)) : 0;
    if (removed > 0) return json(200, { removed });
    throw new RequestFailure({ status: 404, code: 'NotFound', message: `There is no fault rule ${id.slice(0, 20)}.` });
  }

  #clockState() {
    const { clock } = this.#lab;
    return { now: new Date(clock.now()).toISOString(), offset_ms: clock.offsetMs };
  }

  #moveClock(value: unknown): Answer {
    const ms = onlyMember(value, 'forward_ms');
    if (typeof ms !== 'number') throw invalid('Send { "forward_ms": 60000 }: milliseconds to go forward.');
    try {
      this.#lab.clock.forward(ms);
    } catch (error) {
      throw error instanceof RangeError ? invalid(error.message) : error;
    }
    return json(200, this.#clockState());
  }

  #history(parameters: URLSearchParams) {
    // Events that time alone causes (a visibility timeout ends, a message expires) are recorded when the queue advances.
    for (const queue of this.#engine.queues.values()) queue.advance(this.#engine.now());
    const { history } = this.#lab;
    const parameter = (name: string): string | undefined => parameters.get(name) ?? undefined;
    const messages = history.find({
      messageId: parameter('message_id'),
      group: parameter('group'),
      deduplicationId: parameter('deduplication_id'),
    });
    return { messages, forgotten_messages: history.forgotten };
  }
}

/** Answers requests whose path begins with `LAB_PATH`. */
export function createLabService(lab: Lab, engine: SqsEngine): Service {
  const routes = new LabRoutes(lab, engine);
  return {
    receive(head) {
      if (!hasToken(head, lab.token)) throw NO_TOKEN;
      return bufferedBody(head, { maxBytes: MAX_BODY_BYTES }, (request, body) => ({
        operation: 'local-aws:Lab',
        run() {
          try {
            return routes.answer(request, body);
          } catch (error) {
            if (error instanceof RequestFailure) return failure(error);
            if (error instanceof FaultRuleError) return failure(invalid(error.message));
            throw error;
          }
        },
      }));
    },
    failure,
  };
}
