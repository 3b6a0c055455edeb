import { setMaxListeners } from 'node:events';
import { Injectable, Logger } from '@nestjs/common';
import { Webhook } from 'standardwebhooks';
import { Clock } from '#core/clock.js';
import { withDeadline } from '#core/with-deadline.js';
import { SERVICE_AUTHOR } from '../access/audit-entry.js';
import { AuditLog } from '../access/audit-log.store.js';
import { Settings } from '../config/settings.js';
import { ConfirmLinks } from '../confirm-links/confirm-links.service.js';
import { Keyring } from '../encryption/keyring.js';
import { type OpenSpan, Tracing } from '../tracing/tracing.js';
import { AddressRules } from './address-rules.js';
import { CALLBACK_ENDPOINT_ID } from './callback-id.js';
import { DeliveriesStore } from './deliveries.store.js';
import { DeliverySteps } from './delivery-steps.js';
import type { DeliveryAttempt as Attempt, DisabledReason } from './endpoint.js';
import type { EndpointRow } from './endpoints.store.js';
import type { NotificationBody } from './notification.js';
import { type DueDelivery, type QueueRow, QueuesStore } from './queues.store.js';
import { retryAfterOf, retryWaitMs } from './retry-schedule.js';
import { type Reply, sendNotification } from './send-notification.js';

/** An endpoint that receives nothing for so long, while something is due, is switched off. */
const UNREACHABLE_MS = 5 * 24 * 60 * 60 * 1000;
const GONE = 410;
/** Redeliveries have no limit. */
const ATTEMPTS_KEPT = 50;

/** Attempts to deliver the first notification of a queue. */
@Injectable()
export class DeliveryAttempt {
  private readonly logger = new Logger(DeliveryAttempt.name);
  private readonly stopping = new AbortController();

  constructor(
    private readonly store: QueuesStore,
    private readonly steps: DeliverySteps,
    private readonly deliveries: DeliveriesStore,
    private readonly addresses: AddressRules,
    private readonly keyring: Keyring,
    private readonly auditLog: AuditLog,
    private readonly links: ConfirmLinks,
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly tracing: Tracing,
  ) {
    // Each attempt listens to it.
    setMaxListeners(0, this.stopping.signal);
  }

  /** Attempts the delivery that is due. If the process dies before its end, it is attempted again. */
  run(held: QueueRow): Promise<void> {
    return this.tracing.inSpan({ name: 'notification' }, () => this.attempt(held));
  }

  private async attempt(held: QueueRow): Promise<void> {
    const due = await this.steps.run(() => this.prepare(held));
    if (!due) return;
    const startMs = performance.now();
    const at = this.clock.now();
    const reply = await this.tracing.inSpan(
      {
        name: 'POST',
        kind: 'client',
        attributes: { 'webhook.id': due.notification.id },
        continues: due.notification.traceparent,
      },
      async (span) => {
        const received = await this.send(due, at, span.headers);
        if (received.status === null) span.fail('no answer');
        else span.set({ 'http.response.status_code': received.status });
        return received;
      },
    );
    const durationMs = Math.round(performance.now() - startMs);
    const { status, answer } = reply;
    // It is not known whether the receiver has got it; another instance delivers it again.
    if (this.stopping.signal.aborted && status === null) return this.store.giveBack(held);
    const attempt = { at: at.toISOString(), status, durationMs, answer };
    const record = () => this.record(held, due, attempt, reply);
    await (isSuccess(reply) ? this.steps.run(record) : this.steps.runAfterFailure(record));
  }

  /** Ends the running attempts. */
  abort(): void {
    this.stopping.abort();
  }

  /** Reads the delivery that is due; undefined if there is none, or it may not be attempted any more. */
  private async prepare(held: QueueRow): Promise<DueDelivery | undefined> {
    const due = await this.store.first(held);
    const rights = due && (await this.store.rightsTo(due));
    if (!due) await this.advance(held);
    else if (!rights?.endpoint) await this.switchOff(held.endpointId, 'no-credential');
    else if (!rights.notification) await this.skip(held, due);
    else return due;
    return undefined;
  }

  private send(
    { notification, endpoint }: DueDelivery,
    at: Date,
    traceHeaders: OpenSpan['headers'],
  ): Promise<Reply> {
    const { id, type, at: happenedAt, subject, sequence } = notification;
    const data = this.links.withConfirmUrl(notification);
    const timestamp = happenedAt.toISOString();
    const content: NotificationBody = { id, type, timestamp, subject, sequence, data };
    const isCallback = endpoint.id === CALLBACK_ENDPOINT_ID;
    const body = JSON.stringify(isCallback ? notification.callback : content);
    const secrets = this.secretsOf(endpoint, at);
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'Paydesk',
      // https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#webhook-headers-sending-metadata-to-consumers
      ...traceHeaders,
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      ...(secrets.length > 0 && {
        'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
      }),
    };
    return withDeadline(this.settings.NOTIFICATION_TIMEOUT_MS, this.stopping.signal, (signal) =>
      sendNotification({ url: endpoint.url, headers, body }, this.addresses, signal),
    );
  }

  /** The current secret first, then the previous one until the end of its overlap. */
  private secretsOf(
    { id, secret, previousSecret, previousSecretExpiresAt }: EndpointRow,
    at: Date,
  ): string[] {
    const isOverlap = previousSecretExpiresAt !== null && at < previousSecretExpiresAt;
    const encrypted = previousSecret !== null && isOverlap ? [secret, previousSecret] : [secret];
    return encrypted.filter((text) => text !== '').map((text) => this.keyring.decrypt(text, id));
  }

  private async record(held: QueueRow, due: DueDelivery, attempt: Attempt, reply: Reply): Promise<void> {
    const { delivery, endpoint } = due;
    const isDelivered = isSuccess(reply);
    const attempts = [...delivery.attempts, attempt].slice(-ATTEMPTS_KEPT);
    const failures = isDelivered ? delivery.failures : delivery.failures + 1;
    const waitMs = isDelivered ? undefined : retryWaitMs(this.settings.NOTIFICATION_RETRY_SECONDS, failures);
    const state = isDelivered ? 'delivered' : waitMs === undefined ? 'failed' : 'pending';
    const now = this.clock.now();
    const pausedUntil = isDelivered ? undefined : retryAfterOf(reply.retryAfter, now);
    await this.store.transaction(async (transaction) => {
      if (isDelivered) await this.store.markWorking(transaction, endpoint.id);
      else await this.store.markFailing(transaction, endpoint.id, pausedUntil);
      if (!(await this.store.lockHeld(transaction, held))) return;
      await this.store.updateDelivery(transaction, delivery, { attempts, failures, state });
      if (state !== 'pending') await this.store.recordEnd(transaction, due, state);
      if (waitMs !== undefined) {
        await this.store.release(transaction, held, new Date(now.getTime() + waitMs));
        return;
      }
      await this.store.advance(transaction, held);
      if (!isDelivered) await this.store.forgetFailureIfIdle(transaction, endpoint.id);
    });
    const failingSince = endpoint.failingSince ?? now;
    if (reply.status === GONE) await this.switchOff(endpoint.id, 'gone');
    else if (!isDelivered && now.getTime() - failingSince.getTime() >= UNREACHABLE_MS) {
      await this.switchOff(endpoint.id, 'unreachable');
    }
  }

  private async switchOff(endpointId: string, reason: DisabledReason): Promise<void> {
    const isOff = await this.store.transaction(async (transaction) => {
      const wasOn = await this.store.disable(transaction, endpointId, reason);
      // Also if it was off already: a pass at that time may have queued more.
      await this.deliveries.giveUp(transaction, endpointId);
      if (!wasOn) return false;
      const change = { action: 'endpoint.disabled', objectId: endpointId, details: { reason } } as const;
      await this.auditLog.record(transaction, SERVICE_AUTHOR, change);
      return true;
    });
    const msg = 'Notifications are no longer delivered to this endpoint, which was switched off';
    if (isOff) this.logger.error({ endpoint: endpointId, reason, alert: true, msg });
  }

  /** Ends a delivery that the caller of the endpoint may not see any more. */
  private skip(held: QueueRow, due: DueDelivery): Promise<void> {
    return this.store.transaction(async (transaction) => {
      if (!(await this.store.lockHeld(transaction, held))) return;
      await this.store.updateDelivery(transaction, due.delivery, { state: 'failed' });
      await this.store.recordEnd(transaction, due, 'failed');
      await this.store.advance(transaction, held);
    });
  }

  private advance(held: QueueRow): Promise<void> {
    return this.store.transaction(async (transaction) => {
      if (await this.store.lockHeld(transaction, held)) await this.store.advance(transaction, held);
    });
  }
}

function isSuccess({ status }: Reply): boolean {
  return status !== null && status >= 200 && status < 300;
}
