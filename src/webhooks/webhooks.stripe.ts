import { Injectable } from '@nestjs/common';
import Stripe from 'stripe';
import { StripeConnection } from '#stripe/stripe-connection.js';
import { Clock } from '#core/clock.js';
import { invalidField, Problem } from '#core/problem.js';
import type { StripeEvent } from './stripe-event.js';
import { isEvent, toStripeEvent } from './event.stripe.js';
import { isCurrentSignature, TOLERANCE_SECONDS } from './stripe-signature.js';

/** Verifies that an event comes from Stripe: https://docs.stripe.com/webhooks#verify-events */
@Injectable()
export class WebhooksStripe {
  constructor(
    private readonly connection: StripeConnection,
    private readonly clock: Clock,
  ) {}

  /**
   * Refuses a signature that can't be valid for any body.
   *
   * @throws {Problem} as {@link verify}
   */
  requireCurrentSignature(signature: string): void {
    if (this.connection.webhookSecrets.length === 0) throw new Problem('not-found');
    if (!isCurrentSignature(signature, this.clock.now().getTime())) throw badSignature();
  }

  /**
   * Reads an event that is signed with any of our secrets. There are several while one is being rotated.
   *
   * @param payload the unparsed body
   * @throws {Problem} `invalid-request`, which does not say what is wrong with the signature, or `not-found` if no
   *   secret is set
   */
  verify(payload: string, signature: string): StripeEvent {
    this.requireCurrentSignature(signature);
    const nowMs = this.clock.now().getTime();
    const event = this.connection.webhookSecrets
      .map((secret) => verifiedEvent(payload, signature, secret, nowMs))
      .find(Boolean);
    if (!event) throw badSignature();
    return toStripeEvent(event, this.connection);
  }
}

function verifiedEvent(
  payload: string,
  signature: string,
  secret: string,
  nowMs: number,
): Stripe.Event | undefined {
  try {
    const event = Stripe.webhooks.constructEvent(
      payload,
      signature,
      secret,
      TOLERANCE_SECONDS,
      undefined,
      nowMs,
    );
    return isEvent(event) ? event : undefined;
  } catch {
    return undefined;
  }
}

function badSignature(): Problem {
  return invalidField('Stripe-Signature', 'is not valid');
}
