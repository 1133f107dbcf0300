// A receiver of OTLP over HTTP for tests: it stores every span, or fails as receivers do.
import { createServer, type ServerResponse } from 'node:http';
import { closeServer, listenLocally } from '@movie-load/testing';

/** A span as OTLP's JSON has it, as far as tests read it. */
export interface ReceivedSpan {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly status: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly links: readonly string[];
}

export interface TraceReceiver extends AsyncDisposable {
  /** The environment with which a service sends its spans here. */
  readonly env: NodeJS.ProcessEnv;
  readonly spans: readonly ReceivedSpan[];
  /** Requests, answered or not. */
  readonly requests: number;
}

interface Attribute {
  readonly key: string;
  readonly value: Record<string, unknown>;
}
interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly status?: { readonly code?: number };
  readonly attributes: readonly Attribute[];
  readonly links?: readonly { readonly spanId: string }[];
}
interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
  }[];
}

const valuesOf = (attributes: readonly Attribute[]) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

/** @param answer default: accepts everything */
export async function startTraceReceiver(
  answer: (response: ServerResponse) => void = (response) => response.end('{}'),
): Promise<TraceReceiver> {
  const spans: ReceivedSpan[] = [];
  let requests = 0;
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.once('end', () => {
      requests += 1;
      spans.push(...read(JSON.parse(body)));
      answer(response);
    });
  });
  const { url } = await listenLocally(server);
  return {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: url },
    spans,
    get requests() {
      return requests;
    },
    [Symbol.asyncDispose]: () => closeServer(server),
  };
}

function read({ resourceSpans }: Export): ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(valuesOf(resource.attributes)['service.name']);
    return scopeSpans.flatMap((scope) =>
      scope.spans.map(({ traceId, spanId, parentSpanId, name, status, attributes, links = [] }) => ({
        service,
        traceId,
        spanId,
        parentSpanId: parentSpanId || undefined,
        name,
        status: status?.code ?? 0,
        attributes: valuesOf(attributes),
        links: links.map((link) => link.spanId),
      })),
    );
  });
}
