import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import { invalidField, Problem } from '#core/problem.js';
import type { RequestContext } from '#core/request-context.js';
import { listAll } from '#stripe/pagination.js';
import { hasCode, isReplayedFailure, refusedParam } from '#stripe/stripe-errors.js';
import { StripeProvider } from '#stripe/stripe.provider.js';
import { undefinedIfMissing } from '#stripe/undefined-if-missing.js';
import type { TaxId } from './customer.js';

/** A tax id was set and removed again as often as this within the day for which Stripe knows an idempotency key. */
const ATTEMPTS_MAX = 20;

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
  constructor(private readonly stripe: StripeProvider) {}

  /** The ids of all tax ids of a customer, newest first. */
  async idsOf(context: RequestContext, customer: string): Promise<string[]> {
    return idsOf(await this.list(context, customer));
  }

  /**
   * Makes a tax id the newest of a customer, unless it is already.
   *
   * The idempotency key follows from what the customer has, so that repeated and concurrent requests create one. If Stripe
   * repeats the answer of one that was removed since, or a failure of its own, that is a part of the next key.
   *
   * @throws {Problem} `invalid-request` for a tax id that Stripe refuses
   */
  async add(context: RequestContext, customer: string, taxId: TaxId): Promise<TaxIdChange> {
    const answers: string[] = [];
    for (let attempt = 0; attempt <= ATTEMPTS_MAX; attempt += 1) {
      const present = await this.list(context, customer);
      const position = present.findIndex(
        (one, index) => answers.includes(one.id) || (index === 0 && isEqual(one, taxId)),
      );
      const current = present[position]?.id;
      if (current !== undefined) {
        const replaced = idsOf(present.slice(position + 1));
        return { current, isAdded: answers.length > 0, replaced };
      }
      answers.push(await this.create(context, customer, taxId, [...idsOf(present), ...answers]));
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

  /** @returns the id of the one that was added, or `failed` if Stripe repeats a failure */
  private async create(
    context: RequestContext,
    customer: string,
    { type, value }: TaxId,
    known: readonly string[],
  ): Promise<string> {
    const identity = createHash('sha256')
      .update(JSON.stringify([customer, type, value, known]))
      .digest('hex');
    try {
      const { id } = await this.stripe.write(context, `paydesk-tax-id-${identity}`, (stripe, options) =>
        stripe.customers.createTaxId(customer, { type, value }, options),
      );
      return id;
    } catch (error) {
      if (isReplayedFailure(error)) return 'failed';
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
