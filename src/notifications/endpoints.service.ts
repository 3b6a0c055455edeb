import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { callerName, type PartnerActor, type ServiceActor } from '#core/actor.js';
import { Clock } from '#core/clock.js';
import type { Page } from '#core/page.js';
import { invalidField, Problem } from '#core/problem.js';
import type { AuditAction, AuditDetails, ChangeAuthor } from '../access/audit-entry.js';
import { AuditLog } from '../access/audit-log.store.js';
import type { Transaction } from '../database/database.js';
import { Keyring } from '../encryption/keyring.js';
import { AddressRules } from './address-rules.js';
import { DeliveriesStore } from './deliveries.store.js';
import { type Endpoint, type EndpointRequest, newSigningSecret, SWITCHED } from './endpoint.js';
import { requireDeliverableUrl } from './endpoint-url.js';
import { type EndpointRow, EndpointsStore } from './endpoints.store.js';
import { TEST_TYPE } from './notification-types.js';
import { Outbox, type TestFact } from './outbox.store.js';

/** A caller that can have endpoints. */
export type EndpointOwner = PartnerActor | ServiceActor;

/** An endpoint with its secret, which cannot be read again. */
export interface IssuedEndpoint {
  endpoint: Endpoint;
  secret: string;
}

/** More would only be a way to make this service send many requests. */
const ENDPOINTS_MAX = 50;
/** How long the previous secret signs too after a rotation. */
const ROTATION_OVERLAP_MS = 24 * 60 * 60 * 1000;

/** The endpoints of callers. Each change is in the audit log, without URLs, which may contain secrets. */
@Injectable()
export class EndpointsService {
  constructor(
    private readonly store: EndpointsStore,
    private readonly deliveries: DeliveriesStore,
    private readonly outbox: Outbox,
    private readonly addresses: AddressRules,
    private readonly keyring: Keyring,
    private readonly auditLog: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Creates an endpoint, which gets what is committed from now on.
   *
   * @throws {Problem} `invalid-request` for a URL that nothing may be delivered to; `invalid-state` if there are too many
   */
  async create(
    owner: EndpointOwner,
    author: ChangeAuthor,
    request: EndpointRequest,
  ): Promise<IssuedEndpoint> {
    await requireDeliverableUrl(request.url, this.addresses);
    const id = randomUUID();
    const secret = newSigningSecret();
    const row = {
      ...request,
      id,
      types: request.types && [...request.types],
      ...rightsOf(owner),
      enabled: true,
      secret: this.keyring.encrypt(secret, id),
      createdAt: this.clock.now(),
    };
    const inserted = await this.change(async (transaction) => {
      if ((await this.store.count(transaction, row.caller)) >= ENDPOINTS_MAX) {
        throw new Problem('invalid-state');
      }
      const details = { types: row.types };
      await this.record(transaction, author, 'endpoint.created', id, details);
      return this.store.insert(transaction, row);
    });
    return { endpoint: endpointOf(inserted), secret };
  }

  /** @throws {Problem} `not-found` */
  async find(owner: EndpointOwner, id: string): Promise<Endpoint> {
    const row = await this.store.find(callerName(owner), id);
    if (!row) throw new Problem('not-found');
    return endpointOf(row);
  }

  /**
   * Lists the caller's endpoints, newest first.
   *
   * @param after the id of the last endpoint of the previous page
   * @throws {Problem} `invalid-request` for an unknown `after`
   */
  async list(owner: EndpointOwner, limit: number, after?: string): Promise<Page<Endpoint>> {
    const caller = callerName(owner);
    const last = after === undefined ? undefined : await this.store.find(caller, after);
    if (after !== undefined && !last) {
      throw invalidField('cursor', 'must be the nextCursor of an earlier page');
    }
    const { items, hasMore } = await this.store.list(caller, limit, last);
    return { items: items.map(endpointOf), hasMore };
  }

  /**
   * Changes an endpoint. What waits for one that is switched off is not delivered any more.
   *
   * @throws {Problem} `not-found`, or as {@link create}
   */
  async update(
    owner: EndpointOwner,
    author: ChangeAuthor,
    id: string,
    request: Partial<EndpointRequest> & { enabled?: boolean },
  ): Promise<Endpoint> {
    await this.find(owner, id);
    if (request.url !== undefined) await requireDeliverableUrl(request.url, this.addresses);
    const { types, enabled, ...rest } = request;
    return this.change(async (transaction) => {
      const row = await this.lock(transaction, owner, id);
      const switched = enabled === undefined || enabled === row.enabled ? {} : { ...SWITCHED, enabled };
      if (enabled === false && row.enabled) await this.deliveries.giveUp(transaction, id);
      const details = {
        changed: Object.keys(request),
        ...(types !== undefined && { types }),
        ...(enabled !== undefined && { enabled }),
      };
      await this.record(transaction, author, 'endpoint.changed', id, details);
      const change = {
        ...rest,
        ...(types !== undefined && { types: types && [...types] }),
        ...switched,
        ...rightsOf(owner),
      };
      return endpointOf(await this.store.update(transaction, id, change));
    });
  }

  /** Deletes an endpoint with its deliveries. @throws {Problem} `not-found` */
  async delete(owner: EndpointOwner, author: ChangeAuthor, id: string): Promise<void> {
    await this.change(async (transaction) => {
      await this.lock(transaction, owner, id);
      await this.record(transaction, author, 'endpoint.deleted', id);
      await this.store.delete(transaction, id);
    });
  }

  /** Makes a new secret. The previous one signs too for 24 hours. @throws {Problem} `not-found` */
  async rotateSecret(owner: EndpointOwner, author: ChangeAuthor, id: string): Promise<string> {
    const secret = newSigningSecret();
    await this.change(async (transaction) => {
      const row = await this.lock(transaction, owner, id);
      await this.record(transaction, author, 'endpoint.secret-rotated', id);
      await this.store.update(transaction, id, {
        secret: this.keyring.encrypt(secret, id),
        previousSecret: row.secret,
        previousSecretExpiresAt: new Date(this.clock.now().getTime() + ROTATION_OVERLAP_MS),
      });
    });
    return secret;
  }

  /**
   * Sends a test to an endpoint, whichever types it asks for.
   *
   * @returns the id of the notification
   * @throws {Problem} `not-found`; `invalid-state` if it is switched off
   */
  async test(owner: EndpointOwner, id: string): Promise<string> {
    return this.change(async (transaction) => {
      const { caller, tenant, enabled } = await this.lock(transaction, owner, id);
      if (!enabled) throw new Problem('invalid-state');
      const about = { subject: id, endpointId: id, data: { endpointId: id }, paymentId: null, userId: null };
      const fact: TestFact = { ...about, type: TEST_TYPE, at: this.clock.now(), tenant, caller };
      const [notificationId = ''] = await this.outbox.add(transaction, [fact]);
      return notificationId;
    });
  }

  /** What was committed before a change is for the endpoints as they were before it. */
  private async change<Result>(run: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    await this.deliveries.place();
    return this.store.transaction(async (transaction) => {
      await this.deliveries.lockPlacing(transaction);
      return run(transaction);
    });
  }

  private async lock(transaction: Transaction, owner: EndpointOwner, id: string): Promise<EndpointRow> {
    const row = await this.store.lock(transaction, callerName(owner), id);
    if (!row) throw new Problem('not-found');
    return row;
  }

  private record(
    transaction: Transaction,
    author: ChangeAuthor,
    action: AuditAction,
    objectId: string,
    details: AuditDetails = {},
  ): Promise<void> {
    return this.auditLog.record(transaction, author, { action, objectId, details });
  }
}

/** Whose notifications an endpoint gets. Those of a caller with API keys follow from its keys at each notification. */
function rightsOf(owner: EndpointOwner) {
  return {
    caller: callerName(owner),
    tenant: owner.kind === 'partner' ? owner.tenant : null,
    hasKey: owner.keyId !== undefined,
    seesAll: owner.kind === 'service' && owner.scopes.includes('payments:any'),
  };
}

function endpointOf(row: EndpointRow): Endpoint {
  const { id, url, types, description, enabled, disabledReason, createdAt } = row;
  return { id, url, types, description, enabled, disabledReason, createdAt };
}
