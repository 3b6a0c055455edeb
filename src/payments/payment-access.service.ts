import { Injectable } from '@nestjs/common';
import { type Actor, callerName, type Owner } from '#core/actor.js';
import { unknownObject } from '#core/problem.js';
import type { RequestContext } from '#core/request-context.js';
import type { Transaction } from '../database/database.js';
import { PaymentCallersStore, type PaymentStart } from './payment-callers.store.js';
import { isSessionId } from './payment-ids.js';
import { PaymentRecordStore } from './payment-record.store.js';
import { ReplacementsStore } from './replacements.store.js';
import { type PaymentObject, PaymentReferences } from './payment-references.stripe.js';

/**
 * Decides on which payments a caller may act: on those that it started, and with the scope `payments:any` on all. A partner
 * may act on those that it started for the user that it names. Who started a payment is stored here, because operations are deleted after 30 days and metadata can be changed in Stripe's
 * Dashboard.
 */
@Injectable()
export class PaymentAccess {
  constructor(
    private readonly store: PaymentCallersStore,
    private readonly references: PaymentReferences,
    private readonly records: PaymentRecordStore,
    private readonly replacements: ReplacementsStore,
  ) {}

  /** Stores that an operation started the payment of a Checkout Session, in the transaction of its outcome. */
  recordStart(transaction: Transaction, sessionId: string, start: PaymentStart): Promise<void> {
    return this.store.add(sessionId, start, transaction);
  }

  /**
   * The Stripe object with this id, if the caller may act on its payment.
   *
   * @param owner the user whose payment it must be, by the record
   * @throws {Problem} `not-found` for an id that Stripe does not know, and for a payment that the caller may not act on
   */
  async find(context: RequestContext, actor: Actor, id: string, owner?: Owner): Promise<PaymentObject> {
    if (owner) return this.findOfOwner(context, actor, id, owner);
    if (actor.kind === 'service' && actor.scopes.includes('payments:any'))
      return this.references.find(context, await this.replacements.currentIdOf(id));
    const caller = callerName(actor);
    const known = await this.store.find(id);
    // A session is stored when it is created, so there is nothing to look up for another one.
    if (known ? known.caller !== caller : isSessionId(id)) throw unknownObject('paymentId');
    const payment = await this.references.find(context, id);
    const start = known ?? (await this.startOf(context, payment));
    if (start?.caller !== caller) throw unknownObject('paymentId');
    return payment;
  }

  private async findOfOwner(
    context: RequestContext,
    actor: Actor,
    id: string,
    { tenant, userId }: Owner,
  ): Promise<PaymentObject> {
    const known = await this.records.find(id, callerName(actor));
    if (known?.tenant !== tenant || known.userId !== userId) throw unknownObject('paymentId');
    return this.references.find(context, await this.replacements.currentIdOf(id));
  }

  /** Who started the Checkout Session of a payment; stored for the object's own id too, as that never changes. */
  private async startOf(context: RequestContext, payment: PaymentObject): Promise<PaymentStart | undefined> {
    const session = await this.references.session(context, payment);
    const start = session && (await this.store.find(session.id));
    if (start && !context.dryRun) await this.store.add(payment.id, start);
    return start;
  }
}
