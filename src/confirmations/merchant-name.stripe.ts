import { Injectable } from '@nestjs/common';
import { Clock } from '#core/clock.js';
import { Problem } from '#core/problem.js';
import type { RequestContext } from '#core/request-context.js';
import { StripeProvider } from '#stripe/stripe.provider.js';

const KEPT_MS = 10 * 60 * 1000;

/** The name of the merchant, as Stripe's own pages show it: https://docs.stripe.com/api/accounts/object */
@Injectable()
export class MerchantName {
  private known: { name: string | null; untilMs: number } | undefined;

  constructor(
    private readonly stripe: StripeProvider,
    private readonly clock: Clock,
  ) {}

  /** Null if the account has none, or it can't be read. Only what Stripe has decided is remembered. */
  async find(context: RequestContext): Promise<string | null> {
    const nowMs = this.clock.now().getTime();
    if (this.known && this.known.untilMs > nowMs) return this.known.name;
    try {
      this.known = { name: await this.read(context), untilMs: nowMs + KEPT_MS };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      // The key may not read the account, and will not be able to in a moment.
      if (error.slug === 'provider-misconfigured') this.known = { name: null, untilMs: nowMs + KEPT_MS };
    }
    return this.known?.name ?? null;
  }

  private async read(context: RequestContext): Promise<string | null> {
    const account = await this.stripe.read(context, (stripe) => stripe.accounts.retrieveCurrent());
    return account.settings?.dashboard.display_name || account.business_profile?.name || null;
  }
}
