import { type DynamicModule, Global, Module } from '@nestjs/common';
import { STRIPE_OBSERVER, type StripeObserver } from './observed-http-client.js';
import { StripeConnection } from './stripe-connection.js';
import { StripeProvider } from './stripe.provider.js';

/** Provides the shared {@link StripeProvider} to every module. */
@Global()
@Module({})
export class StripeModule {
  /**
   * @param connection the Stripe account to use
   * @param observe called for each request that is sent to Stripe
   */
  static forRoot(connection: StripeConnection, observe?: StripeObserver): DynamicModule {
    return {
      module: StripeModule,
      providers: [
        { provide: StripeConnection, useValue: connection },
        { provide: STRIPE_OBSERVER, useValue: observe },
        StripeProvider,
      ],
      exports: [StripeConnection, StripeProvider],
    };
  }
}
