import type { Sample } from './samples.js';

const REQUESTS = 'paydesk_http_request_duration_seconds';
const STRIPE_CALLS = 'paydesk_stripe_request_duration_seconds';
/** The share of requests that the column `95% within` is about. */
const SHARE = 0.95;

type Row = readonly string[];

/** The metrics of a process as tables for the terminal. Durations and counts are those since its start. */
export function statusTable(samples: readonly Sample[]): string {
  return [
    table(['waiting', 'count', 'oldest'], waitingRows(samples)),
    table(['Stripe', 'calls', '429', 'failed', 'retries', 'mean', '95% within'], stripeRows(samples)),
    table(['requests', 'count', '4xx', '5xx', 'mean', '95% within'], requestRows(samples)),
    table(['process', ''], processRows(samples)),
  ].join('\n');
}

function waitingRows(samples: readonly Sample[]): Row[] {
  if (valueOf(samples, 'paydesk_database_up') !== 1)
    return [['unknown: the database does not answer', '', '']];
  const count = (name: string, labels = {}) => String(valueOf(samples, name, labels) ?? 0);
  const age = (name: string, labels = {}) => formatSeconds(valueOf(samples, name, labels));
  const operations = (state: string) => [
    `operations ${state}`,
    count('paydesk_operations', { state }),
    age('paydesk_operations_oldest_age_seconds', { state }),
  ];
  const deliveries = (state: string) => [
    `deliveries to ${state} endpoints`,
    count('paydesk_notification_deliveries_pending', { endpoint_state: state }),
    age('paydesk_notification_deliveries_oldest_age_seconds', { endpoint_state: state }),
  ];
  return [
    operations('running'),
    operations('needs-review'),
    ['events stored', count('paydesk_events', { state: 'stored' }), age('paydesk_events_lag_seconds')],
    ['events dead', count('paydesk_events', { state: 'dead' }), ''],
    ['events that did not arrive', count('paydesk_events_missed'), ''],
    ["walk of Stripe's events", '', age('paydesk_events_walk_age_seconds')],
    ['backfill needed', valueOf(samples, 'paydesk_backfill_needed') === 1 ? 'yes' : 'no', ''],
    deliveries('working'),
    deliveries('failing'),
    ['endpoints disabled', count('paydesk_notification_endpoints', { state: 'disabled' }), ''],
  ];
}

function stripeRows(samples: readonly Sample[]): Row[] {
  return groupBy(samples, STRIPE_CALLS, ({ endpoint = '' }) => endpoint).map(([endpoint, group]) => [
    endpoint,
    String(countOf(group)),
    String(countOf(group, ({ status }) => status === '429')),
    String(countOf(group, ({ status = '' }) => status === 'none' || status.startsWith('5'))),
    String(valueOf(samples, 'paydesk_stripe_retries_total', { endpoint }) ?? 0),
    ...durationCells(group),
  ]);
}

function requestRows(samples: readonly Sample[]): Row[] {
  return groupBy(samples, REQUESTS, ({ method, route }) => `${method} ${route}`).map(([route, group]) => [
    route,
    String(countOf(group)),
    String(countOf(group, ({ status = '' }) => status.startsWith('4'))),
    String(countOf(group, ({ status = '' }) => status.startsWith('5'))),
    ...durationCells(group),
  ]);
}

function processRows(samples: readonly Sample[]): Row[] {
  const connections = ['busy', 'idle', 'waiting'].map(
    (state) => `${valueOf(samples, 'paydesk_database_connections', { state }) ?? 0} ${state}`,
  );
  const memoryBytes = valueOf(samples, 'process_resident_memory_bytes') ?? 0;
  return [
    ['running requests', String(valueOf(samples, 'paydesk_http_requests_running') ?? 0)],
    ['database', valueOf(samples, 'paydesk_database_up') === 1 ? 'up' : 'down'],
    ['connections', connections.join(', ')],
    ['event-loop delay, 99%', formatSeconds(valueOf(samples, 'nodejs_eventloop_lag_p99_seconds'))],
    ['memory', `${Math.round(memoryBytes / 1024 ** 2)} MiB`],
  ];
}

/** The samples of a histogram by a key, in the order of their keys. */
function groupBy(
  samples: readonly Sample[],
  histogram: string,
  keyOf: (labels: Record<string, string>) => string,
): [string, Sample[]][] {
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    if (!sample.name.startsWith(`${histogram}_`)) continue;
    const key = keyOf(sample.labels);
    groups.set(key, [...(groups.get(key) ?? []), sample]);
  }
  return [...groups].toSorted(([one], [other]) => (one < other ? -1 : 1));
}

function countOf(
  group: readonly Sample[],
  matches: (labels: Record<string, string>) => boolean = () => true,
): number {
  return sum(group.filter(({ name, labels }) => name.endsWith('_count') && matches(labels)));
}

/** The mean, and the limit of the bucket within which {@link SHARE} of the requests are. */
function durationCells(group: readonly Sample[]): Row {
  const count = countOf(group);
  const buckets = group.filter(({ name }) => name.endsWith('_bucket'));
  const limits = [...new Set(buckets.map(({ labels }) => toLimit(labels)))].toSorted((a, b) => a - b);
  const limit = limits.find(
    (seconds) => sum(buckets.filter(({ labels }) => toLimit(labels) === seconds)) >= count * SHARE,
  );
  return [
    formatSeconds(sum(group.filter(({ name }) => name.endsWith('_sum'))) / count),
    limit === Infinity ? `over ${formatSeconds(limits.at(-2))}` : formatSeconds(limit),
  ];
}

function toLimit({ le = '' }: Record<string, string>): number {
  return le === '+Inf' ? Infinity : Number(le);
}

function sum(samples: readonly Sample[]): number {
  return samples.reduce((total, { value }) => total + value, 0);
}

function valueOf(
  samples: readonly Sample[],
  name: string,
  labels: Record<string, string> = {},
): number | undefined {
  const wanted = Object.entries(labels);
  return samples.find(
    (sample) => sample.name === name && wanted.every(([label, value]) => sample.labels[label] === value),
  )?.value;
}

function formatSeconds(seconds: number | undefined): string {
  if (seconds === undefined) return '';
  if (seconds < 1) return `${Number((seconds * 1000).toPrecision(2))} ms`;
  return seconds < 120 ? `${Number(seconds.toPrecision(2))} s` : `${Math.round(seconds / 60)} min`;
}

/** Numbers are aligned at the right. */
function table(head: Row, rows: readonly Row[]): string {
  const widths = head.map((cell, column) =>
    Math.max(cell.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (row: Row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return `${[head, ...rows].map(line).join('\n')}\n`;
}
