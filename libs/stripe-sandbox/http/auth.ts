import { failures } from './errors.js';

/** Who calls: the account itself, or somebody's browser, which may do what a client secret is for. */
export type Caller = 'account' | 'browser';

/**
 * Lets any test-mode key in, by Bearer or as the user name of Basic: secret and restricted ones as the one account
 * there is, publishable ones as a browser. Source: https://docs.stripe.com/api/authentication.
 * @param account the `Stripe-Account` header; no account is connected to this one
 * @throws StripeFailure 401 for anything else, 403 for another account
 */
export function authenticate(authorization: string | undefined, account: string | undefined): Caller {
  const key = keyIn(authorization);
  if (!key) throw failures.noApiKey();
  const kind = /^(sk|rk|pk)_test_\w+$/.exec(key)?.[1];
  if (!kind) throw failures.badApiKey(key);
  if (account) throw failures.otherAccount(key, account);
  return kind === 'pk' ? 'browser' : 'account';
}

function keyIn(authorization = ''): string {
  const [scheme = '', credentials = ''] = authorization.split(' ', 2);
  if (/^bearer$/i.test(scheme)) return credentials;
  if (/^basic$/i.test(scheme)) return Buffer.from(credentials, 'base64').toString().split(':', 1)[0]!;
  return '';
}
