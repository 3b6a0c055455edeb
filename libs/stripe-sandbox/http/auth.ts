import { failures } from './errors.js';
import { OWN_ACCOUNT } from './own-account.js';

/** Who calls: the account's server, or a browser, which may do what a client secret allows. */
export type Caller = 'account' | 'browser';

/**
 * Accepts any test-mode key, as Bearer token or Basic user name: secret and restricted keys as the account, of which
 * there is one, publishable keys as a browser. Source: https://docs.stripe.com/api/authentication.
 * @param account the `Stripe-Account` header: only the account itself, as no other is connected
 * @throws StripeFailure 401 for anything else, 403 for another account
 */
export function authenticate(authorization: string | undefined, account: string | undefined): Caller {
  const key = keyIn(authorization);
  if (!key) throw failures.noApiKey();
  const kind = /^(sk|rk|pk)_test_\w+$/.exec(key)?.[1];
  if (!kind) throw failures.badApiKey(key);
  if (account && account !== OWN_ACCOUNT) throw failures.otherAccount(key, account);
  return kind === 'pk' ? 'browser' : 'account';
}

function keyIn(authorization = ''): string {
  const [scheme = '', credentials = ''] = authorization.split(' ', 2);
  if (/^bearer$/i.test(scheme)) return credentials;
  if (/^basic$/i.test(scheme)) return Buffer.from(credentials, 'base64').toString().split(':', 1)[0]!;
  return '';
}
