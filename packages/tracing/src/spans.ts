// What a span has, and what accepts spans. `packages/trace-export` exports them with OpenTelemetry.

/** A value that OTLP accepts. */
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
  /** 16 digits. Default: random. */
  readonly spanId?: string | undefined;
  /** Undefined for the root of a trace. */
  readonly parentId?: string | undefined;
  /** Milliseconds since the epoch. Default: now. */
  readonly startMs?: number | undefined;
  readonly attributes: SpanAttributes;
  readonly links?: readonly SpanLink[] | undefined;
}

export interface SpanOutcome {
  /** Milliseconds since the epoch. Default: now. */
  readonly endMs?: number | undefined;
  /** The error if it failed. */
  readonly error?: unknown;
  readonly attributes?: SpanAttributes | undefined;
}

export interface OpenSpan {
  readonly spanId: string;
  end(outcome?: SpanOutcome): void;
}

/** Accepts spans. Never throws, and never waits for a receiver. */
export interface SpanSink {
  start(span: SpanStart): OpenSpan;
  /**
   * Sends the remaining spans within `limitMs`, unless the last export failed. Never rejects.
   */
  close(limitMs: number): Promise<void>;
}

export interface SpanSinkOptions {
  readonly service: string;
  readonly instance: string;
  /** Called when exports begin to fail. The service continues: only spans are lost. */
  readonly onError: (error: unknown) => void;
}
