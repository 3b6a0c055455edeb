import { type DynamicModule, Module } from '@nestjs/common';
import type { Clock } from '#core/clock.js';
import { StripeConnection } from '#stripe/stripe-connection.js';
import { StripeModule } from '#stripe/stripe.module.js';
import { ApiModule } from './api/api.module.js';
import type { Settings } from './config/settings.js';
import { SettingsModule } from './config/settings.module.js';
import { DatabaseModule } from './database/database.module.js';
import { EncryptionModule } from './encryption/encryption.module.js';
import type { Keyring } from './encryption/keyring.js';
import type { Metrics } from './metrics/metrics.js';
import { MetricsModule } from './metrics/metrics.module.js';

/** What the application needs from the boot. */
export interface AppOptions {
  settings: Settings;
  clock: Clock;
  databaseUrl: string;
  /** If `databaseUrl` leads to a pooler, the same database without it. */
  directDatabaseUrl?: string | undefined;
  stripe: StripeConnection;
}

@Module({})
export class AppModule {
  /** @param metrics undefined if they are not served */
  static forRoot(
    { settings, clock, databaseUrl, directDatabaseUrl, stripe }: AppOptions,
    keyring: Keyring,
    metrics?: Metrics,
  ): DynamicModule {
    return {
      module: AppModule,
      imports: [
        SettingsModule.forRoot(settings, clock),
        EncryptionModule.forRoot(keyring),
        DatabaseModule.forRoot(databaseUrl, directDatabaseUrl),
        StripeModule.forRoot(stripe, metrics && ((request) => metrics.observeStripe(request))),
        ...(metrics ? [MetricsModule.forRoot(metrics)] : []),
        ApiModule,
      ],
    };
  }
}
