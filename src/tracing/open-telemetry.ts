import {
  type Context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  type Link,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { Problem } from '#core/problem.js';
import { type NewSpan, type OpenSpan, type RequestSpan, type SpanAttributes, Tracing } from './tracing.js';

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT };
const SHUTDOWN_MS = 5_000;

/**
 * Tracing with the SDK of OpenTelemetry, which reads its other variables by itself:
 * https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/. Nothing is registered globally, so a
 * process may have several.
 */
export class OpenTelemetry extends Tracing {
  readonly isOn = true;
  private readonly contexts = new AsyncLocalStorageContextManager().enable();
  private readonly propagator = new W3CTraceContextPropagator();
  private readonly provider: BasicTracerProvider;
  private readonly tracer: Tracer;

  /** @param endpoint base URL of a collector that takes OTLP over HTTP, as JSON */
  constructor(endpoint: string) {
    super();
    const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` });
    this.provider = new BasicTracerProvider({
      resource: defaultResource()
        .merge(resourceFromAttributes({ 'service.name': 'paydesk' }))
        .merge(detectResources({ detectors: [envDetector] })),
      spanProcessors: [new BatchSpanProcessor(exporter)],
    });
    this.tracer = this.provider.getTracer('paydesk');
  }

  get traceparent(): string | undefined {
    return headersOf(this.contexts.active(), this.propagator)['traceparent'];
  }

  inSpan<T>(span: NewSpan, work: (span: OpenSpan) => Promise<T>): Promise<T> {
    const caller = this.contexts.active();
    const active = span.continues
      ? this.start(span, this.contextOf(span.continues), linkTo(caller))
      : this.start(span, caller);
    return this.contexts.with(active.context, async () => {
      try {
        return await work(active);
      } catch (error) {
        active.fail(typeOf(error));
        throw error;
      } finally {
        active.end();
      }
    });
  }

  inChildSpan<T>(span: NewSpan, work: (span: OpenSpan) => Promise<T>): Promise<T> {
    const isInSpan = trace.getSpan(this.contexts.active()) !== undefined;
    return isInSpan ? this.inSpan(span, work) : work(NOT_RECORDED);
  }

  startRequest(span: NewSpan, headers: Readonly<Record<string, unknown>>): RequestSpan {
    return this.start(span, this.contextOf(headers['traceparent']));
  }

  async shutdown(): Promise<void> {
    await this.provider.forceFlush({ timeoutMillis: SHUTDOWN_MS }).catch(() => undefined);
    this.contexts.disable();
    await this.provider.shutdown().catch(() => undefined);
  }

  private contextOf(traceparent: unknown): Context {
    return this.propagator.extract(ROOT_CONTEXT, { traceparent }, defaultTextMapGetter);
  }

  private start({ name, kind, attributes = {} }: NewSpan, parent: Context, links: Link[] = []): ActiveSpan {
    const options = { kind: kind ? KINDS[kind] : SpanKind.INTERNAL, attributes: { ...attributes }, links };
    const span = this.tracer.startSpan(name, options, parent);
    const context = trace.setSpan(parent, span);
    return new ActiveSpan(span, context, this.contexts, this.propagator);
  }
}

class ActiveSpan implements RequestSpan {
  constructor(
    private readonly span: Span,
    readonly context: Context,
    private readonly contexts: AsyncLocalStorageContextManager,
    private readonly propagator: W3CTraceContextPropagator,
  ) {}

  get headers(): Record<string, string> {
    return headersOf(this.context, this.propagator);
  }

  set(attributes: SpanAttributes): void {
    this.span.setAttributes({ ...attributes });
  }

  fail(type: string): void {
    this.span.setAttribute('error.type', type).setStatus({ code: SpanStatusCode.ERROR });
  }

  run(work: () => void): void {
    this.contexts.with(this.context, work);
  }

  end(): void {
    this.span.end();
  }
}

function headersOf(context: Context, propagator: W3CTraceContextPropagator): Record<string, string> {
  const headers: Record<string, string> = {};
  propagator.inject(context, headers, defaultTextMapSetter);
  return headers;
}

function linkTo(context: Context): Link[] {
  const span = trace.getSpanContext(context);
  return span ? [{ context: span }] : [];
}

const NOT_RECORDED: OpenSpan = { headers: {}, set: () => undefined, fail: () => undefined };

/** Never the message, which may contain what must not be shown. */
function typeOf(error: unknown): string {
  if (error instanceof Problem) return error.slug;
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
