import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span as a collector has received it. */
export interface ReceivedSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string | undefined;
  name: string;
  attributes: Record<string, string | number>;
  /** 2 for an error: https://opentelemetry.io/docs/specs/otel/trace/api/#set-status */
  status: number | undefined;
  /** The ids of the spans that it is linked to. */
  links: string[];
}

/** An OpenTelemetry collector, as far as a test needs it. */
export interface Collector {
  url: string;
  /** What has arrived so far. */
  spans: ReceivedSpan[];
  /** All that was sent, as text. */
  text: () => string;
  close(): Promise<void>;
}

/** https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto */
interface ExportRequest {
  resourceSpans: { scopeSpans: { spans: OtlpSpan[] }[] }[];
}
interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  attributes?: { key: string; value: { stringValue?: string; intValue?: number } }[];
  status?: { code?: number };
  links?: { spanId: string }[];
}

/** Starts one that takes OTLP over HTTP, as JSON: https://opentelemetry.io/docs/specs/otlp/#otlphttp */
export async function startCollector(): Promise<Collector> {
  const spans: ReceivedSpan[] = [];
  let sent = '';
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      sent += text;
      if (request.url === '/v1/traces') spans.push(...spansOf(JSON.parse(text) as ExportRequest));
      response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    text: () => sent,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function spansOf({ resourceSpans }: ExportRequest): ReceivedSpan[] {
  const sent = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
  return sent.map(({ traceId, spanId, parentSpanId, name, attributes = [], status, links = [] }) => ({
    traceId,
    spanId,
    parentSpanId: parentSpanId || undefined,
    name,
    attributes: Object.fromEntries(
      attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue ?? '']),
    ),
    status: status?.code,
    links: links.map((link) => link.spanId),
  }));
}
