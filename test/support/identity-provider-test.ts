import { test } from 'vitest';
import { Caller } from './caller.js';
import { startIdentityProvider } from './identity-provider.js';
import { ManualClock } from './manual-clock.js';
import { startPaydesk } from './paydesk.js';

const USER_ROUTE = '/payments/get-history';

/** How a file's specs of an identity provider run. */
export interface IdentityProviderTestOptions {
  /** The algorithm of the provider's key. */
  alg?: string;
  /** `test`: each test has its own provider and Paydesk. Otherwise the tests of one file share them. */
  scope?: 'file' | 'test';
}

/**
 * A `test` for specs of one file, with a Paydesk that trusts an identity provider:
 * - `clock`: the time of both, which passes only when a test moves it
 * - `provider`: the identity provider, and `key`: the key that it has published
 * - `paydesk`: the service
 * - `historyWith`, `statusWith`: what a user's route answers to a token
 *
 * Each file calls this, as Vitest cleans up what was extended in the file itself.
 */
export function identityProviderTest({ alg = 'ES256', scope = 'file' }: IdentityProviderTestOptions = {}) {
  // Vitest's types know no scope that is decided at run time.
  const shared = { scope: scope as 'file' };
  return test
    .extend('clock', shared, () => new ManualClock())
    .extend('provider', shared, async ({ clock }, { onCleanup }) => {
      const provider = await startIdentityProvider(clock);
      onCleanup(() => provider.close());
      return provider;
    })
    .extend('key', shared, ({ provider }) => provider.createKey(alg, 'k1'))
    .extend('paydesk', shared, async ({ clock, provider, key: _key }, { onCleanup }) => {
      const paydesk = await startPaydesk({ environment: provider.environment, clock });
      onCleanup(() => paydesk.close());
      return paydesk;
    })
    .extend(
      'historyWith',
      ({ paydesk }) =>
        (token: string) =>
          new Caller(paydesk.url, token).get(USER_ROUTE),
    )
    .extend(
      'statusWith',
      ({ historyWith }) =>
        async (token: string) =>
          (await historyWith(token)).status,
    );
}
