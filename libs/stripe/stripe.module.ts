import { type DynamicModule, Global, Module } from '@nestjs/common';
import { StripeConnection } from './stripe-connection.js';
import { StripeProvider } from './stripe.provider.js';

/** Provides the shared {@link StripeProvider} to every module. */
@Global()
@Module({})
export class StripeModule {
  /** @param connection the Stripe account to use */
  static forRoot(connection: StripeConnection): DynamicModule {
    return {
      module: StripeModule,
      providers: [{ provide: StripeConnection, useValue: connection }, StripeProvider],
      exports: [StripeConnection, StripeProvider],
    };
  }
}
