import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { StripeRequest } from '#stripe/observed-http-client.js';
import type { Backlog } from './backlog.store.js';

/** In seconds. A charge takes as long as Stripe does, up to 22 s. */
const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25];

/** Gauges of prom-client with the suffix of a counter, which `promtool check metrics` refuses. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/** The use of the pool of database connections. */
export interface PoolUse {
  totalCount: number;
  idleCount: number;
  waitingCount: number;
}

/**
 * The process's metrics for Prometheus. No label has a value that a caller can choose.
 * https://prometheus.io/docs/practices/naming/
 */
export class Metrics {
  private readonly registry = new Registry();
  private readonly httpRequests = this.histogram(
    'paydesk_http_request_duration_seconds',
    'Requests to Paydesk, until the response was sent.',
    ['method', 'route', 'status'],
  );
  private readonly abortedRequests = new Counter({
    name: 'paydesk_http_requests_aborted_total',
    help: 'Requests to Paydesk whose caller closed the connection before the response.',
    labelNames: ['method', 'route'],
    registers: [this.registry],
  });
  private readonly refusedRequests = new Counter({
    name: 'paydesk_http_requests_refused_total',
    help: 'Requests to Paydesk that were refused because too many ran, or the event loop was late.',
    labelNames: ['pressure'],
    registers: [this.registry],
  });
  private readonly stripeRequests = this.histogram(
    'paydesk_stripe_request_duration_seconds',
    'Requests to Stripe, until the headers of the response arrived. The status is none without a response.',
    ['endpoint', 'status'],
  );
  private readonly stripeRetries = new Counter({
    name: 'paydesk_stripe_retries_total',
    help: 'Requests to Stripe that repeat one without a usable response.',
    labelNames: ['endpoint'],
    registers: [this.registry],
  });
  private readonly databaseUp = this.gauge('paydesk_database_up', 'Whether the database answered: 1 or 0.');
  private readonly connections = this.gauge(
    'paydesk_database_connections',
    'Connections of the pool by state, and the statements that wait for one.',
    ['state'],
  );
  private readonly operations = this.gauge('paydesk_operations', 'Operations without an outcome, by state.', [
    'state',
  ]);
  private readonly oldestOperation = this.gauge(
    'paydesk_operations_oldest_age_seconds',
    'Age of the oldest operation without an outcome, by state. 0 if there is none.',
    ['state'],
  );
  private readonly events = this.gauge('paydesk_events', "Stripe's events in the inbox, by state.", [
    'state',
  ]);
  private readonly missedEvents = this.gauge(
    'paydesk_events_missed',
    'Events in the inbox that never arrived and were found in the list of events.',
  );
  private readonly eventLag = this.gauge(
    'paydesk_events_lag_seconds',
    'Age of the oldest event that is not handled yet. 0 if there is none.',
  );
  private readonly walkAge = this.gauge(
    'paydesk_events_walk_age_seconds',
    "Time since the start of the last complete walk of Stripe's list of events.",
  );
  private readonly backfillNeeded = this.gauge(
    'paydesk_backfill_needed',
    'Whether events were lost that Stripe no longer lists: 1 or 0.',
  );
  private readonly unplacedNotifications = this.gauge(
    'paydesk_notifications_unplaced',
    'Notifications that are not queued for endpoints yet.',
  );
  private readonly endpoints = this.gauge(
    'paydesk_notification_endpoints',
    'Endpoints for notifications, by state.',
    ['state'],
  );
  private readonly deliveries = this.gauge(
    'paydesk_notification_deliveries_pending',
    'Deliveries of notifications that are not made yet, by the state of their endpoint.',
    ['endpoint_state'],
  );
  private readonly oldestDelivery = this.gauge(
    'paydesk_notification_deliveries_oldest_age_seconds',
    'Age of the oldest notification that is not delivered yet, by the state of its endpoint. 0 if there is none.',
    ['endpoint_state'],
  );

  private readonly backlogGauges = [
    this.missedEvents,
    this.eventLag,
    this.walkAge,
    this.backfillNeeded,
    this.unplacedNotifications,
  ];
  private readonly backlogGaugesByState = [
    this.operations,
    this.oldestOperation,
    this.events,
    this.endpoints,
    this.deliveries,
    this.oldestDelivery,
  ];

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    for (const name of MISNAMED) this.registry.removeSingleMetric(name);
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** @param route the pattern, never the URL */
  observeRequest(method: string, route: string, status: number, durationMs: number): void {
    this.httpRequests.observe({ method, route, status }, durationMs / 1000);
  }

  countAborted(method: string, route: string): void {
    this.abortedRequests.inc({ method, route });
  }

  /** @param pressure what was too much */
  countRefused(pressure: string): void {
    this.refusedRequests.inc({ pressure });
  }

  /** @param count how many requests run at the time of the call */
  reportRunning(count: () => number): void {
    const gauge = new Gauge({
      name: 'paydesk_http_requests_running',
      help: 'Requests to Paydesk that are worked on, also those whose caller has gone. Probes and preflights are not counted.',
      registers: [],
      collect() {
        this.set(count());
      },
    });
    this.registry.registerMetric(gauge);
  }

  observeStripe({ endpoint, status, durationMs, isRetry }: StripeRequest): void {
    this.stripeRequests.observe({ endpoint, status: status ?? 'none' }, durationMs / 1000);
    if (isRetry) this.stripeRetries.inc({ endpoint });
  }

  setPool({ totalCount, idleCount, waitingCount }: PoolUse): void {
    this.connections.set({ state: 'busy' }, totalCount - idleCount);
    this.connections.set({ state: 'idle' }, idleCount);
    this.connections.set({ state: 'waiting' }, waitingCount);
  }

  /** Sets what the database knows; undefined if it did not answer: the last figures would be wrong by now. */
  setBacklog(backlog: Backlog | undefined): void {
    this.databaseUp.set(backlog ? 1 : 0);
    for (const gauge of this.backlogGauges) gauge.remove();
    for (const gauge of this.backlogGaugesByState) gauge.reset();
    if (!backlog) return;
    this.setOperations(backlog);
    this.setEvents(backlog);
    this.setNotifications(backlog);
  }

  /** All metrics in Prometheus' text format. */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  private setOperations({ operations }: Backlog): void {
    for (const { state, count, oldestAgeSeconds } of operations) {
      this.operations.set({ state }, count);
      this.oldestOperation.set({ state }, oldestAgeSeconds);
    }
  }

  private setEvents(backlog: Backlog): void {
    for (const { state, count } of backlog.events) this.events.set({ state }, count);
    this.missedEvents.set(backlog.missedEvents);
    this.eventLag.set(backlog.eventLagSeconds);
    if (backlog.walkAgeSeconds !== null) this.walkAge.set(backlog.walkAgeSeconds);
    this.backfillNeeded.set(backlog.backfillNeeded ? 1 : 0);
  }

  private setNotifications({ unplacedNotifications, endpoints, deliveries }: Backlog): void {
    this.unplacedNotifications.set(unplacedNotifications);
    for (const { state, count } of endpoints) this.endpoints.set({ state }, count);
    for (const { endpointState, count, oldestAgeSeconds } of deliveries) {
      this.deliveries.set({ endpoint_state: endpointState }, count);
      this.oldestDelivery.set({ endpoint_state: endpointState }, oldestAgeSeconds);
    }
  }

  private gauge<Label extends string = never>(
    name: string,
    help: string,
    labelNames: Label[] = [],
  ): Gauge<Label> {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }

  private histogram<Label extends string>(name: string, help: string, labelNames: Label[]): Histogram<Label> {
    return new Histogram({ name, help, labelNames, buckets: DURATION_BUCKETS, registers: [this.registry] });
  }
}
