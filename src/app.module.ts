import { type DynamicModule, Module } from '@nestjs/common';
import { StripeConnection } from '../libs/stripe/stripe-connection.js';
import { StripeModule } from '../libs/stripe/stripe.module.js';
import { ApiModule } from './api/api.module.js';
import type { Settings } from './config/settings.js';
import { SettingsModule } from './config/settings.module.js';
import type { Clock } from './core/clock.js';
import { DatabaseModule } from './database/database.module.js';

/** What the boot hands to the application. */
export interface AppOptions {
  settings: Settings;
  clock: Clock;
  databaseUrl: string;
  stripe: StripeConnection;
}

@Module({})
export class AppModule {
  static with({ settings, clock, databaseUrl, stripe }: AppOptions): DynamicModule {
    return {
      module: AppModule,
      imports: [
        SettingsModule.with(settings, clock),
        DatabaseModule.register(databaseUrl),
        StripeModule.with(stripe),
        ApiModule,
      ],
    };
  }
}
