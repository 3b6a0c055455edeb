import { failures } from '../../http/errors.js';
import { route, type Route } from '../../http/route.js';
import { isSince } from '../../http/versions.js';
import { previewParams, upcomingParams } from './params.js';
import { previewInvoice } from './preview.js';

export const invoicePreviewRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/invoices/create_preview',
    params: previewParams,
    handle: ({ ctx, params }) => previewInvoice(ctx, params),
  }),
  route({
    method: 'GET',
    path: '/v1/invoices/upcoming',
    params: upcomingParams,
    handle: ({ ctx, params }) => {
      // Source: https://docs.stripe.com/changelog/basil/2025-03-31/invoice-preview-api-deprecations.
      if (isSince(ctx.cause.version, '2025-03-31')) throw failures.unknownUrl('GET', '/v1/invoices/upcoming');
      const { subscription_items, subscription_proration_behavior, subscription_proration_date, ...rest } =
        params;
      const { subscription_trial_end, subscription_details: details, ...common } = rest;
      const older = {
        ...(subscription_items && { items: subscription_items }),
        ...(subscription_proration_behavior && { proration_behavior: subscription_proration_behavior }),
        ...(subscription_proration_date !== undefined && { proration_date: subscription_proration_date }),
        ...(subscription_trial_end !== undefined && { trial_end: subscription_trial_end }),
      };
      const hasDetails = details !== undefined || Object.keys(older).length > 0;
      return previewInvoice(ctx, {
        ...common,
        ...(hasDetails && { subscription_details: { ...details, ...older } }),
      });
    },
  }),
];
