import { collectionParams, listPage } from '../../http/lists.js';
import { fromPath, notFound } from '../../http/lookup.js';
import { mergeMetadata, metadata } from '../../http/metadata.js';
import { integer, required, string, unsettable } from '../../http/params.js';
import { route, type Route } from '../../http/route.js';
import { currencyParam } from '../../money/currencies.js';
import { saveCustomer } from '../customers/customer.js';
import { recordBalanceChange } from './balance-change.js';

const PATH = '/v1/customers/:customer/balance_transactions';

export const customerBalanceRoutes: Route[] = [
  route({
    method: 'POST',
    path: PATH,
    params: {
      amount: required(integer()),
      currency: required(currencyParam()),
      description: unsettable(string({ maxLength: 350 })),
      metadata: metadata(),
    },
    handle: ({ ctx, params, path }) => {
      const { amount, currency, description } = params;
      const customer = fromPath(ctx.store.customers, path.customer);
      const transaction = recordBalanceChange(ctx, customer, {
        amount,
        currency,
        description,
        metadata: mergeMetadata({}, params.metadata),
        type: 'adjustment',
      });
      saveCustomer(ctx, customer, { balance: transaction.ending_balance, currency });
      return transaction;
    },
  }),
  route({
    method: 'GET',
    path: PATH,
    params: { ...collectionParams, invoice: string() },
    handle: ({ ctx, params, path }) => {
      const { id: customer } = fromPath(ctx.store.customers, path.customer);
      return listPage(ctx.store.customerBalanceTransactions, params, {
        url: `/v1/customers/${customer}/balance_transactions`,
        where: { customer, invoice: params.invoice },
      });
    },
  }),
  route({
    method: 'GET',
    path: `${PATH}/:id`,
    params: {},
    handle: ({ ctx, path }) => {
      const found = fromPath(ctx.store.customerBalanceTransactions, path.id);
      if (found.customer !== path.customer) notFound(ctx.store.customerBalanceTransactions, path.id);
      return found;
    },
  }),
];
