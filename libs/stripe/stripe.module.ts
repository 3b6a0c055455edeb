import { type DynamicModule, Global, Module } from '@nestjs/common';
import { StripeConnection } from './stripe-connection.js';
import { StripeProvider } from './stripe.provider.js';

/** Gives every module the shared {@link StripeProvider}. */
@Global()
@Module({})
export class StripeModule {
  static forRoot(connection: StripeConnection): DynamicModule {
    return {
      module: StripeModule,
      providers: [{ provide: StripeConnection, useValue: connection }, StripeProvider],
      exports: [StripeConnection, StripeProvider],
    };
  }
}
