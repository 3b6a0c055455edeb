import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import { invalidField } from '#core/problem.js';
import type { RequestContext } from '#core/request-context.js';
import { listAll } from '#stripe/pagination.js';
import { hasCode, isDefiniteRefusal, isReplayedFailure, refusedParam } from '#stripe/stripe-errors.js';
import { StripeProvider } from '#stripe/stripe.provider.js';
import { undefinedIfMissing } from '#stripe/undefined-if-missing.js';
import type { TaxId } from './customer.js';
import { TaxIdAdditionsStore } from './tax-id-additions.store.js';

/** What a request has done to the tax ids of a customer. */
export interface TaxIdChange {
  /** The id at Stripe of the one that is set. */
  current: string;
  /** Whether it was added by this request, or by another that does the same at this moment. */
  isAdded: boolean;
  /** Those that have to be removed. */
  replaced: readonly string[];
}

/** Calls to Stripe about the tax ids of customers, of which Paydesk keeps one: https://docs.stripe.com/api/tax_ids */
@Injectable()
export class TaxIdsStripe {
  constructor(
    private readonly stripe: StripeProvider,
    private readonly additions: TaxIdAdditionsStore,
  ) {}

  /** Removes all tax ids of a customer. */
  async removeAll(context: RequestContext, customer: string): Promise<void> {
    for (const { id } of await this.list(context, customer)) await this.remove(context, customer, id);
  }

  /**
   * Makes a tax id the newest of a customer, unless it is already. Requests that add the same one do so under the same
   * idempotency key, so that it is added once. After a failure that Stripe repeats, it is added under another key once Stripe
   * does not work on it any more: https://docs.stripe.com/api/idempotent_requests
   *
   * @returns undefined if Stripe has repeated an old answer; the next call adds it
   * @throws {Problem} `invalid-request` for a tax id that Stripe refuses, `outcome-unknown`, `provider-busy` while another one
   *   is added or Stripe may still add it
   */
  async add(context: RequestContext, customer: string, taxId: TaxId): Promise<TaxIdChange | undefined> {
    // What Stripe adds while it answers may not be in the list.
    await this.additions.requireSettled(customer, taxId);
    const before = await this.list(context, customer);
    const [newest, ...others] = before;
    if (newest && isEqual(newest, taxId)) {
      await this.additions.end(customer, taxId);
      return { current: newest.id, isAdded: false, replaced: idsOf(others) };
    }
    const key = await this.additions.begin(customer, taxId);
    const current = await this.create(context, customer, taxId, key);
    const present = idsOf(await this.list(context, customer));
    if (current === undefined || idsOf(before).includes(current) || !present.includes(current)) {
      await this.additions.renew(key);
      return undefined;
    }
    await this.additions.end(customer, taxId);
    return { current, isAdded: true, replaced: present.slice(present.indexOf(current) + 1) };
  }

  /** Removes a tax id, if it is still there. */
  async remove(context: RequestContext, customer: string, id: string): Promise<void> {
    await undefinedIfMissing(
      this.stripe.writeBesides(context, (stripe, options) =>
        stripe.customers.deleteTaxId(customer, id, {}, options),
      ),
    );
  }

  /** Newest first. */
  private list(context: RequestContext, customer: string): Promise<Stripe.TaxId[]> {
    return listAll((page) =>
      this.stripe.read(context, (stripe) => stripe.customers.listTaxIds(customer, page)),
    );
  }

  /** @returns the id of the one that was added; undefined if Stripe repeats a failure on which it does not work any more */
  private async create(
    context: RequestContext,
    customer: string,
    { type, value }: TaxId,
    key: string,
  ): Promise<string | undefined> {
    try {
      const { id } = await this.stripe.write(context, key, (stripe, options) =>
        stripe.customers.createTaxId(customer, { type, value }, options),
      );
      return id;
    } catch (error) {
      if (isDefiniteRefusal(error)) await this.additions.renew(key);
      if (isReplayedFailure(error) && (await this.additions.noteReplay(key))) return undefined;
      const [refused] = /^(type|value)\b/.exec(refusedParam(error) ?? '') ?? [];
      const field = refused ?? (hasCode(error, 'tax_id_invalid') ? 'value' : undefined);
      if (field !== undefined) throw invalidField(`taxId.${field}`, 'is refused by Stripe', error);
      throw error;
    }
  }
}

function isEqual(one: Stripe.TaxId, { type, value }: TaxId): boolean {
  return one.type === type && one.value === value;
}

function idsOf(taxIds: readonly Stripe.TaxId[]): string[] {
  return taxIds.map(({ id }) => id);
}
