import { Injectable } from '@nestjs/common';
import Stripe from 'stripe';
import { StripeConnection } from '#stripe/stripe-connection.js';
import { Clock } from '#core/clock.js';
import { invalidField, Problem } from '#core/problem.js';
import type { StripeEvent } from './stripe-event.js';

/** Either way, so that neither a kept delivery nor one made in advance is taken: https://docs.stripe.com/webhooks#replay-attacks */
const TOLERANCE_SECONDS = 300;

/** Proves that an event comes from Stripe: https://docs.stripe.com/webhooks#verify-events */
@Injectable()
export class WebhooksStripe {
  constructor(
    private readonly connection: StripeConnection,
    private readonly clock: Clock,
  ) {}

  /**
   * Reads an event that is signed with any of our secrets; several are in use while one is replaced.
   *
   * @param payload the body exactly as it came
   * @throws {Problem} `invalid-request`, which does not tell what is wrong with the signature, or `not-found` where
   *   no secret is set
   */
  verify(payload: string, signature: string): StripeEvent {
    const { webhookSecrets } = this.connection;
    if (webhookSecrets.length === 0) throw new Problem('not-found');
    const nowMs = this.clock.now().getTime();
    if (isFromTheFuture(signature, nowMs)) throw badSignature();
    const event = webhookSecrets.map((secret) => opened(payload, signature, secret, nowMs)).find(Boolean);
    if (!event) throw badSignature();
    const { id } = event.data.object as { id?: string };
    return { id: event.id, type: event.type, objectId: id };
  }
}

function opened(payload: string, signature: string, secret: string, nowMs: number): Stripe.Event | undefined {
  try {
    return Stripe.webhooks.constructEvent(payload, signature, secret, TOLERANCE_SECONDS, undefined, nowMs);
  } catch {
    return undefined;
  }
}

/** stripe-node only refuses what is too old. Of several timestamps it signs with the last. */
function isFromTheFuture(signature: string, nowMs: number): boolean {
  const timestamp = signature.split(',').findLast((part) => part.startsWith('t='));
  return Number(timestamp?.slice(2)) - nowMs / 1000 > TOLERANCE_SECONDS;
}

function badSignature(): Problem {
  return invalidField('Stripe-Signature', 'is not valid');
}
