import { authenticationPages } from './authentication.js';
import { checkoutPages } from './checkout.js';
import { homePages } from './home.js';
import { intentPages } from './intents.js';
import { invoicePages } from './invoices.js';
import type { PageRoute } from './page-server.js';
import { portalPages } from './portal.js';
import { receiptPages } from './receipts.js';
import { transferPages } from './transfer.js';

/** Every page of the sandbox. */
export const allPages: readonly PageRoute[] = [
  ...homePages,
  ...checkoutPages,
  ...authenticationPages,
  ...intentPages,
  ...invoicePages,
  ...portalPages,
  ...receiptPages,
  ...transferPages,
];
