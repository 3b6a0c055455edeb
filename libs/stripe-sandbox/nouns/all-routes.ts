import type { Route } from '../http/route.js';
import { accountRoutes } from './accounts/routes.js';
import { balanceRoutes } from './balance-transactions/routes.js';
import { cashBalanceRoutes } from './cash-balance/routes.js';
import { chargeRoutes } from './charges/routes.js';
import { paymentPageRoutes } from './checkout-sessions/payment-page-routes.js';
import { checkoutSessionRoutes } from './checkout-sessions/routes.js';
import { creditNoteRoutes } from './credit-notes/routes.js';
import { customerBalanceRoutes } from './customer-balance/routes.js';
import { couponRoutes } from './coupons/routes.js';
import { customerRoutes } from './customers/routes.js';
import { sourceRoutes } from './customers/source-routes.js';
import { discountRoutes } from './discounts/routes.js';
import { disputeRoutes } from './disputes/routes.js';
import { earlyFraudWarningRoutes } from './early-fraud-warnings/routes.js';
import { eventRoutes } from './events/routes.js';
import { invoiceItemRoutes } from './invoice-items/routes.js';
import { invoicePreviewRoutes } from './invoice-previews/routes.js';
import { invoicePaymentRoutes, invoiceRoutes } from './invoices/routes.js';
import { mandateRoutes } from './mandates/routes.js';
import { paymentIntentRoutes } from './payment-intents/routes.js';
import { paymentMethodRoutes } from './payment-methods/routes.js';
import { planRoutes } from './plans/routes.js';
import { portalConfigurationRoutes } from './portal-configurations/routes.js';
import { portalSessionRoutes } from './portal-sessions/routes.js';
import { priceRoutes } from './prices/routes.js';
import { productRoutes } from './products/routes.js';
import { promotionCodeRoutes } from './promotion-codes/routes.js';
import { refundRoutes } from './refunds/routes.js';
import { searchRoutes } from './search/routes.js';
import { setupIntentRoutes } from './setup-intents/routes.js';
import { subscriptionItemRoutes } from './subscriptions/item-routes.js';
import { subscriptionScheduleRoutes } from './subscription-schedules/routes.js';
import { subscriptionRoutes } from './subscriptions/routes.js';
import { taxIdRoutes } from './tax-ids/routes.js';
import { testClockRoutes } from './test-clocks/routes.js';
import { tokenRoutes } from './tokens/routes.js';
import { webhookEndpointRoutes } from './webhook-endpoints/routes.js';

/** Every route under /v1. */
export const allRoutes: readonly Route[] = [
  ...customerRoutes,
  ...sourceRoutes,
  ...paymentMethodRoutes,
  ...setupIntentRoutes,
  ...paymentIntentRoutes,
  ...chargeRoutes,
  ...refundRoutes,
  ...balanceRoutes,
  ...accountRoutes,
  ...mandateRoutes,
  ...tokenRoutes,
  ...disputeRoutes,
  ...earlyFraudWarningRoutes,
  ...productRoutes,
  ...priceRoutes,
  ...planRoutes,
  ...couponRoutes,
  ...promotionCodeRoutes,
  ...discountRoutes,
  ...checkoutSessionRoutes,
  ...paymentPageRoutes,
  ...subscriptionRoutes,
  ...subscriptionItemRoutes,
  ...invoicePreviewRoutes,
  ...invoiceRoutes,
  ...invoiceItemRoutes,
  ...invoicePaymentRoutes,
  ...subscriptionScheduleRoutes,
  ...taxIdRoutes,
  ...customerBalanceRoutes,
  ...cashBalanceRoutes,
  ...creditNoteRoutes,
  ...portalConfigurationRoutes,
  ...portalSessionRoutes,
  ...searchRoutes,
  ...eventRoutes,
  ...webhookEndpointRoutes,
  ...testClockRoutes,
];
