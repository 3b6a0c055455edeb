/** Which Stripe account, and where it is reached. */
export class StripeConnection {
  constructor(
    readonly secretKey: string,
    /** Origin of a Stripe-compatible API; Stripe's own when absent. */
    readonly apiBase?: string,
  ) {}
}
