import { type DynamicModule, Global, Module } from '@nestjs/common';
import { STRIPE_HOOKS, type StripeHooks } from './stripe-hooks.js';
import { StripeConnection } from './stripe-connection.js';
import { StripeProvider } from './stripe.provider.js';

/** Provides the shared {@link StripeProvider} to every module. */
@Global()
@Module({})
export class StripeModule {
  /**
   * @param connection the Stripe account to use
   * @param hooks into the HTTP client
   */
  static forRoot(connection: StripeConnection, hooks: StripeHooks = {}): DynamicModule {
    return {
      module: StripeModule,
      providers: [
        { provide: StripeConnection, useValue: connection },
        { provide: STRIPE_HOOKS, useValue: hooks },
        StripeProvider,
      ],
      exports: [StripeConnection, StripeProvider],
    };
  }
}
