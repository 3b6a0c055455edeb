import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import { invalidField, Problem } from '#core/problem.js';
import type { RequestContext } from '#core/request-context.js';
import { listAll } from '#stripe/pagination.js';
import { hasCode, refusedParam } from '#stripe/stripe-errors.js';
import { StripeProvider } from '#stripe/stripe.provider.js';
import { undefinedIfMissing } from '#stripe/undefined-if-missing.js';
import type { TaxId } from './customer.js';

/** A tax id was set and removed again as often as this within the day for which Stripe knows an idempotency key. */
const ATTEMPTS_MAX = 20;

/** What a request does to the tax ids of a customer. */
export interface TaxIdChange {
  /** The id at Stripe of the one that it has added; absent if there was nothing to add. */
  added?: string;
  /** Those that it has to remove. */
  replaced: readonly string[];
}

/** Calls to Stripe about the tax ids of customers, of which Paydesk keeps one: https://docs.stripe.com/api/tax_ids */
@Injectable()
export class TaxIdsStripe {
  constructor(private readonly stripe: StripeProvider) {}

  /** What removes all tax ids of a customer. */
  async removal(context: RequestContext, customer: string): Promise<TaxIdChange> {
    return { replaced: (await this.list(context, customer)).map(({ id }) => id) };
  }

  /**
   * Makes a tax id the newest of a customer, unless it is already.
   *
   * The idempotency key follows from what the customer has, so that repeated and concurrent requests create one. If Stripe
   * repeats the answer of one that was removed since, its id is a part of the next key.
   *
   * @throws {Problem} `invalid-request` for a tax id that Stripe refuses
   */
  async add(context: RequestContext, customer: string, taxId: TaxId): Promise<TaxIdChange> {
    const before = await this.list(context, customer);
    const [newest] = before;
    const known = before.map(({ id }) => id);
    if (newest?.type === taxId.type && newest.value === taxId.value) return { replaced: known.slice(1) };
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
      const { id } = await this.create(context, customer, taxId, known);
      const present = (await this.list(context, customer)).map((one) => one.id);
      if (present.includes(id)) return { added: id, replaced: present.slice(present.indexOf(id) + 1) };
      known.push(id);
    }
    throw new Problem('unavailable');
  }

  /** Newest first. */
  private list(context: RequestContext, customer: string): Promise<Stripe.TaxId[]> {
    return listAll((page) =>
      this.stripe.read(context, (stripe) => stripe.customers.listTaxIds(customer, page)),
    );
  }

  /** Removes a tax id, if it is still there. */
  async remove(context: RequestContext, customer: string, id: string): Promise<void> {
    await undefinedIfMissing(
      this.stripe.write(context, `paydesk-tax-id-removal-${id}`, (stripe, options) =>
        stripe.customers.deleteTaxId(customer, id, {}, options),
      ),
    );
  }

  private async create(
    context: RequestContext,
    customer: string,
    { type, value }: TaxId,
    known: readonly string[],
  ): Promise<Stripe.TaxId> {
    const identity = createHash('sha256')
      .update(JSON.stringify([customer, type, value, known]))
      .digest('hex');
    try {
      return await this.stripe.write(context, `paydesk-tax-id-${identity}`, (stripe, options) =>
        stripe.customers.createTaxId(customer, { type, value }, options),
      );
    } catch (error) {
      const [refused] = /^(type|value)\b/.exec(refusedParam(error) ?? '') ?? [];
      const field = refused ?? (hasCode(error, 'tax_id_invalid') ? 'value' : undefined);
      if (field !== undefined) throw invalidField(`taxId.${field}`, 'is refused by Stripe', error);
      throw error;
    }
  }
}
