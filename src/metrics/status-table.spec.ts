import { expect, it } from 'vitest';
import { parseSamples } from './samples.js';
import { statusTable } from './status-table.js';

const SCRAPE = `
# HELP paydesk_database_up Whether the database answered: 1 or 0.
# TYPE paydesk_database_up gauge
paydesk_database_up 1
paydesk_operations{state="running"} 3
paydesk_operations_oldest_age_seconds{state="running"} 40
paydesk_http_request_duration_seconds_bucket{le="0.1",method="POST",route="/pay",status="201"} 18
paydesk_http_request_duration_seconds_bucket{le="0.5",method="POST",route="/pay",status="201"} 18
paydesk_http_request_duration_seconds_bucket{le="+Inf",method="POST",route="/pay",status="201"} 18
paydesk_http_request_duration_seconds_sum{method="POST",route="/pay",status="201"} 0.9
paydesk_http_request_duration_seconds_count{method="POST",route="/pay",status="201"} 18
paydesk_http_request_duration_seconds_bucket{le="0.1",method="POST",route="/pay",status="503"} 0
paydesk_http_request_duration_seconds_bucket{le="0.5",method="POST",route="/pay",status="503"} 2
paydesk_http_request_duration_seconds_bucket{le="+Inf",method="POST",route="/pay",status="503"} 2
paydesk_http_request_duration_seconds_sum{method="POST",route="/pay",status="503"} 0.5
paydesk_http_request_duration_seconds_count{method="POST",route="/pay",status="503"} 2
paydesk_stripe_request_duration_seconds_bucket{le="0.1",endpoint="GET /v1/prices",status="none"} 0
paydesk_stripe_request_duration_seconds_bucket{le="+Inf",endpoint="GET /v1/prices",status="none"} 1
paydesk_stripe_request_duration_seconds_sum{endpoint="GET /v1/prices",status="none"} 12
paydesk_stripe_request_duration_seconds_count{endpoint="GET /v1/prices",status="none"} 1
paydesk_stripe_retries_total{endpoint="GET /v1/prices"} 1
paydesk_http_requests_running 7
process_resident_memory_bytes 104857600
`;

/** The cells of the row that starts with a text. */
function cellsOf(table: string, start: string): string[] {
  const row = table.split('\n').find((line) => line.startsWith(start)) ?? '';
  return row.split(/ {2,}/);
}

it('shows what waits, and the requests and calls since the start', () => {
  const table = statusTable(parseSamples(SCRAPE));
  expect(cellsOf(table, 'operations running')).toEqual(['operations running', '3', '40 s']);
  expect(cellsOf(table, 'POST /pay')).toEqual(['POST /pay', '20', '0', '2', '70 ms', '500 ms']);
  expect(cellsOf(table, 'GET /v1/prices')).toEqual([
    'GET /v1/prices',
    '1',
    '0',
    '1',
    '1',
    '12 s',
    'over 100 ms',
  ]);
  expect(cellsOf(table, 'running requests')).toEqual(['running requests', '7']);
  expect(cellsOf(table, 'memory')).toEqual(['memory', '100 MiB']);
});

it('does not show zeros while the database does not answer', () => {
  const table = statusTable(parseSamples('paydesk_database_up 0\n'));
  expect(table).toContain('unknown: the database does not answer');
  expect(cellsOf(table, 'operations')).toEqual(['']);
});

it('reads escaped labels', () => {
  expect(parseSamples('a{b="\\"c\\\\,\\n",d="e"} +Inf')).toEqual([
    { name: 'a', labels: { b: '"c\\,\n', d: 'e' }, value: Infinity },
  ]);
  expect(() => parseSamples('<html>')).toThrow('not in Prometheus');
});
