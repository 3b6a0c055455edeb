import { failures } from './errors.js';

/**
 * Lets any test-mode secret or restricted key in, by Bearer or as the user name of Basic; all of them are one
 * account. Source: https://docs.stripe.com/api/authentication.
 * @throws StripeFailure 401 for anything else
 */
export function authenticate(authorization: string | undefined): void {
  const key = keyIn(authorization);
  if (!key) throw failures.noApiKey();
  if (!/^(sk|rk)_test_\w+$/.test(key)) throw failures.badApiKey(key);
}

function keyIn(authorization = ''): string {
  const [scheme = '', credentials = ''] = authorization.split(' ', 2);
  if (/^bearer$/i.test(scheme)) return credentials;
  if (/^basic$/i.test(scheme)) return Buffer.from(credentials, 'base64').toString().split(':', 1)[0]!;
  return '';
}
