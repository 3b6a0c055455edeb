import { Injectable } from '@nestjs/common';
import Stripe from 'stripe';
import { StripeConnection } from '#stripe/stripe-connection.js';
import { Clock } from '#core/clock.js';
import { invalidField, Problem } from '#core/problem.js';
import type { StripeEvent } from './stripe-event.js';

/** In both directions, against replayed and pre-dated deliveries: https://docs.stripe.com/webhooks#replay-attacks */
const TOLERANCE_SECONDS = 300;

/** Verifies that an event comes from Stripe: https://docs.stripe.com/webhooks#verify-events */
@Injectable()
export class WebhooksStripe {
  constructor(
    private readonly connection: StripeConnection,
    private readonly clock: Clock,
  ) {}

  /**
   * Reads an event that is signed with any of our secrets. There are several while one is being rotated.
   *
   * @param payload the unparsed body
   * @throws {Problem} `invalid-request`, which does not say what is wrong with the signature, or `not-found` if no
   *   secret is set
   */
  verify(payload: string, signature: string): StripeEvent {
    const { webhookSecrets } = this.connection;
    if (webhookSecrets.length === 0) throw new Problem('not-found');
    const nowMs = this.clock.now().getTime();
    if (isPreDated(signature, nowMs)) throw badSignature();
    const event = webhookSecrets
      .map((secret) => verifiedEvent(payload, signature, secret, nowMs))
      .find(Boolean);
    if (!event) throw badSignature();
    const { id } = event.data.object as { id?: string };
    return { id: event.id, type: event.type, objectId: id };
  }
}

function verifiedEvent(
  payload: string,
  signature: string,
  secret: string,
  nowMs: number,
): Stripe.Event | undefined {
  try {
    return Stripe.webhooks.constructEvent(payload, signature, secret, TOLERANCE_SECONDS, undefined, nowMs);
  } catch {
    return undefined;
  }
}

/** stripe-node only refuses signatures that are too old. If there are several timestamps, it uses the last. */
function isPreDated(signature: string, nowMs: number): boolean {
  const timestamp = signature.split(',').findLast((part) => part.startsWith('t='));
  return Number(timestamp?.slice(2)) - nowMs / 1000 > TOLERANCE_SECONDS;
}

function badSignature(): Problem {
  return invalidField('Stripe-Signature', 'is not valid');
}
