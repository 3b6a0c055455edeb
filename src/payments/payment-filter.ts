import type { PaymentStatus, PaymentType } from './payment.js';

/** Which payments to list; an absent field does not restrict the list. */
export interface PaymentFilter {
  shopTransactionId?: string;
  tenant?: string;
  userId?: string;
  status?: PaymentStatus;
  type?: PaymentType;
  /** Of `createdAt`, inclusive. */
  from?: Date;
  /** Of `createdAt`, exclusive. */
  to?: Date;
}
