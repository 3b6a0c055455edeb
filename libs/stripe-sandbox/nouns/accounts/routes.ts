import { failures } from '../../http/errors.js';
import { listParams } from '../../http/lists.js';
import { OWN_ACCOUNT } from '../../http/own-account.js';
import { route, type Route } from '../../http/route.js';
import { ownAccount } from './account.js';

/** The keys of the sandbox look like this in messages about them. */
const MASKED_KEY = 'sk_test_********************';

/** There is one account, and no Connect. Source: https://docs.stripe.com/api/accounts. */
export const accountRoutes: Route[] = [
  route({ method: 'GET', path: '/v1/account', params: {}, handle: () => ownAccount }),
  route({
    method: 'GET',
    path: '/v1/accounts/:account',
    params: {},
    handle: ({ path }) => {
      if (path.account !== OWN_ACCOUNT) throw failures.otherAccount(MASKED_KEY, path.account);
      return ownAccount;
    },
  }),
  route({
    method: 'GET',
    path: '/v1/accounts',
    params: listParams,
    handle: () => ({ object: 'list', data: [], has_more: false, url: '/v1/accounts' }),
  }),
];
