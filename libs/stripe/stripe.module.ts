import { type DynamicModule, Global, Module } from '@nestjs/common';
import { PaymentReferences } from './payment-references.js';
import { StripeConnection } from './stripe-connection.js';
import { StripeProvider } from './stripe.provider.js';

/** Gives every module the shared {@link StripeProvider}, and what reads payments through it. */
@Global()
@Module({})
export class StripeModule {
  static with(connection: StripeConnection): DynamicModule {
    return {
      module: StripeModule,
      providers: [{ provide: StripeConnection, useValue: connection }, StripeProvider, PaymentReferences],
      exports: [StripeConnection, StripeProvider, PaymentReferences],
    };
  }
}
