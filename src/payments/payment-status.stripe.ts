import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import { type PaymentObject, PaymentReferences } from './payment-references.stripe.js';
import { SHOP_TRANSACTION_ID } from './payment-ids.js';
import type { PaymentState } from './payment-status.js';

/** Reads the state of payments from Stripe. */
@Injectable()
export class PaymentStatusStripe {
  constructor(private readonly references: PaymentReferences) {}

  /** Reads a payment's state. */
  async read(payment: PaymentObject): Promise<{ state: PaymentState; shopTransactionId: string | null }> {
    const [state, shopTransactionId] = await Promise.all([
      this.stateOf(payment),
      this.shopTransactionIdOf(payment),
    ]);
    return { state, shopTransactionId };
  }

  private async stateOf(payment: PaymentObject): Promise<PaymentState> {
    switch (payment.object) {
      case 'checkout.session':
        return this.checkoutState(payment);
      case 'payment_intent':
        return intentState(payment, await this.isCheckoutOpen(payment));
      case 'charge':
      case 'invoice':
      case 'subscription':
        return { kind: payment.object, status: payment.status };
    }
  }

  /** A debit may fail days after the session was completed: then its PaymentIntent decides. */
  private async checkoutState(session: Stripe.Checkout.Session): Promise<PaymentState> {
    const { status, payment_status: paymentStatus } = session;
    const paid = paymentStatus !== 'unpaid';
    const intent = status === 'complete' && !paid ? await this.references.paymentIntent(session) : undefined;
    return intent ? intentState(intent, false) : { kind: 'checkout', status, paid };
  }

  private async isCheckoutOpen(intent: Stripe.PaymentIntent): Promise<boolean> {
    const session = intent.last_payment_error ? await this.references.session(intent) : undefined;
    return session?.status === 'open';
  }

  /** Stripe copies a PaymentIntent's metadata to its Charges, but not a subscription's to its payments. */
  private async shopTransactionIdOf(payment: PaymentObject): Promise<string | null> {
    switch (payment.object) {
      case 'checkout.session':
        return payment.client_reference_id;
      case 'invoice':
        return shopTransactionIdOfInvoice(payment);
      case 'subscription':
        return payment.metadata[SHOP_TRANSACTION_ID] ?? null;
      case 'charge':
      case 'payment_intent':
        return (
          payment.metadata[SHOP_TRANSACTION_ID] ??
          shopTransactionIdOfInvoice(await this.references.invoice(payment))
        );
    }
  }
}

function intentState(
  { status, last_payment_error: error }: Stripe.PaymentIntent,
  checkoutOpen: boolean,
): PaymentState {
  return { kind: 'paymentIntent', status, declined: error !== null, checkoutOpen };
}

function shopTransactionIdOfInvoice(invoice: Stripe.Invoice | undefined): string | null {
  return invoice?.parent?.subscription_details?.metadata?.[SHOP_TRANSACTION_ID] ?? null;
}
