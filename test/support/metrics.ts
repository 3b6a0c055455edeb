import { expect } from 'vitest';
import type { Paydesk } from './paydesk.js';

/** The value of each sample by its name and labels: https://prometheus.io/docs/instrumenting/exposition_formats/ */
export type Samples = Record<string, number>;

/** Reads the metrics of a service with `METRICS_PORT`. */
export async function readMetrics({ metricsUrl = '' }: Paydesk): Promise<Samples> {
  const response = await fetch(metricsUrl);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
  const lines = (await response.text()).split('\n').filter((line) => line && !line.startsWith('#'));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]),
  );
}
