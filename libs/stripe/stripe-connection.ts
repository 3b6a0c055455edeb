import { CALL_LIMITS, type CallLimits } from './call-limits.js';

/** Which Stripe account, where it is reached, and how it proves itself to us, and how much it is asked at once. */
export class StripeConnection {
  constructor(
    readonly secretKey: string,
    /** Origin of a Stripe-compatible API; Stripe's own when absent. */
    readonly apiBase?: string,
    /** Signing secrets of webhooks; none where they are not taken. */
    readonly webhookSecrets: readonly string[] = [],
    readonly limits: CallLimits = CALL_LIMITS,
  ) {}
}
