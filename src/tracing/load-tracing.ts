import type { Settings } from '../config/settings.js';
import { NO_TRACING, type Tracing } from './tracing.js';

/** Sends spans to `OTEL_EXPORTER_OTLP_ENDPOINT`. If that is not set, OpenTelemetry is not even loaded. */
export async function loadTracing({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }: Settings): Promise<Tracing> {
  if (endpoint === undefined) return NO_TRACING;
  const { OpenTelemetry } = await import('./open-telemetry.js');
  return new OpenTelemetry(endpoint);
}
