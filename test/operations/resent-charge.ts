import { randomUUID } from 'node:crypto';
import type { Stripe } from 'stripe';
import type { FaultKind } from '#sandbox/faults/fault.js';
import type { Answer, Caller } from '../support/caller.js';
import type { Paydesk } from '../support/paydesk.js';
import { saveCard, someUser } from '../support/saved-card.js';
import { sendDuringFault } from '../support/send-during-fault.js';

/** The call by which Stripe is asked for a charge, and how it is looked for afterwards. */
export const CHARGING = { method: 'POST', path: '/v1/payment_intents' } as const;
export const LOOKING = { method: 'GET', path: '/v1/payment_intents' } as const;

/** A charge that is asked for again and again under its key, and what Stripe has for it. */
export interface ResentCharge {
  user: string;
  card: string;
  key: string;
  send: (headers?: Record<string, string>) => Promise<Answer>;
  /** Asks another instance for it. */
  sendAs: (partner: Caller) => Promise<Answer>;
  made: () => Stripe.PaymentIntent[];
}

/** A charge of a new user's card, not asked for yet. */
export async function resentCharge(
  paydesk: Paydesk,
  partner: Caller,
  testCard?: string,
): Promise<ResentCharge> {
  const user = someUser();
  const card = await saveCard(paydesk, partner, user, testCard);
  const body = { amount: '3000', description: user, stripe_payment_method_id: card };
  const key = randomUUID();
  const sendBy = (caller: Caller, headers: Record<string, string> = {}) =>
    caller.post(`/partners/user/${user}/payment_intent`, body, { ...headers, 'idempotency-key': key });
  return {
    user,
    card,
    key,
    send: (headers) => sendBy(partner, headers),
    sendAs: (other) => sendBy(other),
    made: () =>
      [...paydesk.sandbox.store.paymentIntents.newestFirst()].filter(
        ({ description }) => description === user,
      ),
  };
}

/** Sends it while every such call goes wrong; Stripe is well again afterwards. Returns the operation's id. */
export async function sendInVain(paydesk: Paydesk, { send }: ResentCharge, kind: FaultKind): Promise<string> {
  const { body } = await sendDuringFault(paydesk, { ...CHARGING, kinds: [kind] }, send);
  return body.operationId;
}
