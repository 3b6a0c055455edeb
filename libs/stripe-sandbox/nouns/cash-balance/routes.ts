import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { listPage, listParams } from '../../http/lists.js';
import { fromPath, notFound } from '../../http/lookup.js';
import { route, type Route } from '../../http/route.js';
import { addressesOf, requireCurrencyOf } from './bank-accounts.js';
import { cashBalanceOf, updateCashBalance } from './cash-balance.js';
import { applyParams, fundingInstructionsParams, fundParams, updateParams } from './params.js';
import { applyCustomerBalance, fundCashBalance } from './reconcile.js';

const TRANSACTIONS = '/v1/customers/:customer/cash_balance_transactions';

const customerFrom = (ctx: Context, { customer }: { customer: string }): Stripe.Customer =>
  fromPath(ctx.store.customers, customer);

/** Source: https://docs.stripe.com/payments/customer-balance. */
export const cashBalanceRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/v1/customers/:customer/cash_balance',
    params: {},
    handle: ({ ctx, path }) => cashBalanceOf(ctx.store, customerFrom(ctx, path).id),
  }),
  route({
    method: 'POST',
    path: '/v1/customers/:customer/cash_balance',
    params: updateParams,
    handle: ({ ctx, params, path }) => {
      const { id } = customerFrom(ctx, path);
      updateCashBalance(ctx, id, params);
      return cashBalanceOf(ctx.store, id);
    },
  }),
  route({
    method: 'GET',
    path: TRANSACTIONS,
    params: listParams,
    handle: ({ ctx, params, path }) => {
      const { id: customer } = customerFrom(ctx, path);
      return listPage(ctx.store.customerCashBalanceTransactions, params, {
        url: `/v1/customers/${customer}/cash_balance_transactions`,
        where: { customer },
      });
    },
  }),
  route({
    method: 'GET',
    path: `${TRANSACTIONS}/:id`,
    params: {},
    handle: ({ ctx, path }) => {
      const { customerCashBalanceTransactions } = ctx.store;
      const found = fromPath(customerCashBalanceTransactions, path.id);
      if (found.customer !== path.customer) notFound(customerCashBalanceTransactions, path.id);
      return found;
    },
  }),
  route({
    method: 'POST',
    path: '/v1/customers/:customer/funding_instructions',
    params: fundingInstructionsParams,
    handle: ({ ctx, params, path }): Stripe.FundingInstructions => {
      const { bank_transfer: transfer, currency, funding_type } = params;
      const { id } = customerFrom(ctx, path);
      requireCurrencyOf(transfer, currency, 'bank_transfer');
      const financial_addresses = addressesOf(id, transfer);
      const country = transfer.eu_bank_transfer?.country ?? transfer.type.slice(0, 2).toUpperCase();
      return {
        object: 'funding_instructions',
        bank_transfer: { country, financial_addresses, type: transfer.type },
        currency,
        funding_type,
        livemode: false,
      };
    },
  }),
  route({
    method: 'POST',
    path: '/v1/test_helpers/customers/:customer/fund_cash_balance',
    params: fundParams,
    handle: ({ ctx, params, path }) => fundCashBalance(ctx, customerFrom(ctx, path).id, params),
  }),
  route({
    method: 'POST',
    path: '/v1/payment_intents/:intent/apply_customer_balance',
    params: applyParams,
    handle: ({ ctx, params, path }) =>
      applyCustomerBalance(ctx, fromPath(ctx.store.paymentIntents, path.intent), params),
  }),
];
