import { NOT_FOUND, type PageRoute } from './page-server.js';
import { receiptPage } from './receipt-page.js';

/** A charge's `receipt_url`: https://docs.stripe.com/receipts. A charge that was not paid has none. */
export const receiptPages: PageRoute[] = [
  {
    path: '/receipts/payment/:charge',
    show(ctx, named) {
      const charge = ctx.store.charges.get(named['charge']!);
      if (charge?.receipt_url == null) return NOT_FOUND;
      return { status: 200, page: receiptPage(charge) };
    },
  },
];
