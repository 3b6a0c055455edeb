import { CALL_LIMITS, type CallLimits } from './call-limits.js';

/** How to connect to one Stripe account. */
export class StripeConnection {
  constructor(
    readonly secretKey: string,
    /** Origin of a Stripe-compatible API. Defaults to Stripe's own. */
    readonly apiBase?: string,
    /** Signing secrets of webhook endpoints. Empty if webhooks are not used. */
    readonly webhookSecrets: readonly string[] = [],
    readonly limits: CallLimits = CALL_LIMITS,
  ) {}
}
