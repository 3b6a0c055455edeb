export type SpanAttributes = Readonly<Record<string, string | number | undefined>>;

/** A span to be started. Neither its name nor an attribute has a secret, an id of a user, or what a caller can choose. */
export interface NewSpan {
  name: string;
  /** https://opentelemetry.io/docs/specs/otel/trace/api/#spankind; internal by default */
  kind?: 'server' | 'client';
  attributes?: SpanAttributes;
  /** A stored {@link Tracing.traceparent}, which becomes the parent. The span that this is called in is linked instead. */
  continues?: string | null | undefined;
}

/** A span that has not ended. */
export interface OpenSpan {
  /** `traceparent`: https://www.w3.org/TR/trace-context/. Empty while tracing is off. */
  readonly headers: Readonly<Record<string, string>>;
  set(attributes: SpanAttributes): void;
  /** @param type a fixed word, such as the slug of a problem */
  fail(type: string): void;
}

/** The span of a request, which other functions end than the one that starts it. */
export interface RequestSpan extends OpenSpan {
  /** Runs work with this span as the parent of others. */
  run(work: () => void): void;
  end(): void;
}

/** Records what a process does as spans. Off, it only runs the work, and nothing of OpenTelemetry is loaded. */
export abstract class Tracing {
  abstract readonly isOn: boolean;

  /** The `traceparent` of the span that this is read in, to continue it later; undefined outside of one. */
  abstract readonly traceparent: string | undefined;

  /** Runs work in a span. Its parent is the span that this is called in; without one, it begins a new trace. */
  abstract inSpan<T>(span: NewSpan, work: (span: OpenSpan) => Promise<T>): Promise<T>;

  /** Does the same, but records nothing outside of a span. */
  abstract inChildSpan<T>(span: NewSpan, work: (span: OpenSpan) => Promise<T>): Promise<T>;

  /**
   * @param headers of a request, whose `traceparent` becomes the parent. Its `tracestate` is not for others, so it goes no
   *   further.
   */
  abstract startRequest(span: NewSpan, headers: Readonly<Record<string, unknown>>): RequestSpan;

  /** Sends the spans that have not been sent yet. */
  abstract shutdown(): Promise<void>;
}

const NO_SPAN: RequestSpan = {
  headers: {},
  set: () => undefined,
  fail: () => undefined,
  run: (work) => work(),
  end: () => undefined,
};

/** While tracing is off. */
export const NO_TRACING: Tracing = {
  isOn: false,
  traceparent: undefined,
  inSpan: (_span, work) => work(NO_SPAN),
  inChildSpan: (_span, work) => work(NO_SPAN),
  startRequest: () => NO_SPAN,
  shutdown: async () => undefined,
};
