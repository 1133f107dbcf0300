// What the services say of their work. `packages/trace-export` makes OpenTelemetry's spans of it.

/** A value that OTLP takes. */
export type SpanValue = string | number | boolean | readonly string[] | readonly number[];
export type SpanAttributes = Readonly<Record<string, SpanValue>>;

export interface SpanLink {
  readonly traceId: string;
  readonly spanId: string;
}

export interface SpanStart {
  readonly name: string;
  readonly kind: 'internal' | 'client' | 'producer' | 'consumer';
  /** 32 digits, see `traceIdOf`. */
  readonly traceId: string;
  /** 16 digits; random unless given. */
  readonly spanId?: string | undefined;
  /** Undefined for the root of a trace. */
  readonly parentId?: string | undefined;
  /** Milliseconds since the epoch; now unless given. */
  readonly startMs?: number | undefined;
  readonly attributes: SpanAttributes;
  readonly links?: readonly SpanLink[] | undefined;
}

export interface SpanOutcome {
  /** Milliseconds since the epoch; now unless given. */
  readonly endMs?: number | undefined;
  /** Why it failed; undefined when it did not. */
  readonly error?: unknown;
  readonly attributes?: SpanAttributes | undefined;
}

export interface OpenSpan {
  readonly spanId: string;
  end(outcome?: SpanOutcome): void;
}

/** Where spans go. Never throws, and never waits for a receiver. */
export interface SpanSink {
  start(span: SpanStart): OpenSpan;
  /** Sends what is left, for `limitMs` at most; at once when the receiver does not answer anyway. Never rejects. */
  close(limitMs: number): Promise<void>;
}

export interface SpanExport {
  readonly service: string;
  readonly instance: string;
  /** Told when the receiver begins to fail; the spans are lost, nothing else is. */
  readonly onTrouble: (error: unknown) => void;
}
