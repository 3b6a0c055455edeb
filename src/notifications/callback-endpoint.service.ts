import { Injectable, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { Clock } from '#core/clock.js';
import { Problem } from '#core/problem.js';
import type { ChangeAuthor } from '../access/audit-entry.js';
import { AuditLog } from '../access/audit-log.store.js';
import { Settings, SettingsError } from '../config/settings.js';
import type { Transaction } from '../database/database.js';
import { Keyring } from '../encryption/keyring.js';
import { AddressRules } from './address-rules.js';
import { CALLBACK_CALLER, CALLBACK_ENDPOINT_ID } from './callback-id.js';
import { DeliveriesStore } from './deliveries.store.js';
import { type Endpoint, SWITCHED } from './endpoint.js';
import { EndpointsStore } from './endpoints.store.js';

/**
 * The endpoint of `PAYMENT_CALLBACK_URL`: a row like that of a caller's endpoint, which follows the settings at each start.
 * So a restart switches it on again too.
 */
@Injectable()
export class CallbackEndpoint implements OnModuleInit, OnApplicationBootstrap {
  constructor(
    private readonly store: EndpointsStore,
    private readonly deliveries: DeliveriesStore,
    private readonly addresses: AddressRules,
    private readonly keyring: Keyring,
    private readonly auditLog: AuditLog,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /**
   * Checks the address before any worker starts.
   *
   * @throws {SettingsError} for an address that nothing may be delivered to
   */
  onModuleInit(): void {
    const { PAYMENT_CALLBACK_URL: url } = this.settings;
    if (url !== undefined && !isDeliverableCallback(url, this.addresses)) {
      throw new SettingsError(`PAYMENT_CALLBACK_URL ${CALLBACK_RULE}`);
    }
  }

  async onApplicationBootstrap(): Promise<void> {
    const { PAYMENT_CALLBACK_URL: url } = this.settings;
    await this.deliveries.place();
    await this.store.transaction(async (transaction) => {
      await this.deliveries.lockPlacing(transaction);
      if (url === undefined) await this.switchOff(transaction);
      else await this.save(transaction, url);
    });
  }

  /** @throws {Problem} `not-found` if `PAYMENT_CALLBACK_URL` is not set */
  async find(): Promise<Endpoint> {
    const row = await this.store.find(CALLBACK_CALLER, CALLBACK_ENDPOINT_ID);
    if (!row || this.settings.PAYMENT_CALLBACK_URL === undefined) throw new Problem('not-found');
    return row;
  }

  /**
   * Switches it on again. It gets what happens from now on.
   *
   * @throws {Problem} `not-found` if `PAYMENT_CALLBACK_URL` is not set
   */
  async enable(author: ChangeAuthor): Promise<Endpoint> {
    await this.find();
    await this.deliveries.place();
    return this.store.transaction(async (transaction) => {
      await this.deliveries.lockPlacing(transaction);
      const row = await this.store.lock(transaction, CALLBACK_CALLER, CALLBACK_ENDPOINT_ID);
      if (!row) throw new Problem('not-found');
      if (row.enabled) return row;
      const details = { changed: ['enabled'], enabled: true };
      await this.auditLog.record(transaction, author, {
        action: 'endpoint.changed',
        objectId: row.id,
        details,
      });
      return this.store.update(transaction, row.id, { ...SWITCHED, enabled: true });
    });
  }

  private async save(transaction: Transaction, url: string): Promise<void> {
    const row = await this.store.lock(transaction, CALLBACK_CALLER, CALLBACK_ENDPOINT_ID);
    const secret = this.settings.PAYMENT_CALLBACK_SECRET;
    const target = {
      url,
      enabled: true,
      secret: secret === undefined ? '' : this.keyring.encrypt(secret, CALLBACK_ENDPOINT_ID),
    };
    if (row) {
      await this.store.update(transaction, row.id, { ...target, ...(!row.enabled && SWITCHED) });
      return;
    }
    await this.store.insert(transaction, {
      ...target,
      id: CALLBACK_ENDPOINT_ID,
      caller: CALLBACK_CALLER,
      hasKey: false,
      seesAll: true,
      createdAt: this.clock.now(),
    });
  }

  private async switchOff(transaction: Transaction): Promise<void> {
    const row = await this.store.lock(transaction, CALLBACK_CALLER, CALLBACK_ENDPOINT_ID);
    if (!row?.enabled) return;
    await this.store.update(transaction, row.id, { ...SWITCHED, enabled: false });
    await this.deliveries.giveUp(transaction, row.id);
  }
}

/** Completes the sentence that starts with the variable's name. */
export const CALLBACK_RULE =
  'must be https with a public address or a name, or be in NOTIFICATION_ALLOWED_NETWORKS';

/** Whether something may be delivered to a URL, as far as that is known before its name is resolved. */
export function isDeliverableCallback(text: string, rules: AddressRules): boolean {
  const url = new URL(text);
  const address = AddressRules.literalOf(url);
  if (url.protocol === 'https:') return address === undefined || rules.isDeliverable(address);
  return address === undefined ? rules.allowsNetworks : rules.isAllowedNetwork(address);
}
