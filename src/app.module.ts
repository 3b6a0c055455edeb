import { type DynamicModule, Module } from '@nestjs/common';
import type { Clock } from '#core/clock.js';
import { StripeConnection } from '#stripe/stripe-connection.js';
import { StripeModule } from '#stripe/stripe.module.js';
import { ApiModule } from './api/api.module.js';
import type { LoopDelay } from './metrics/event-loop-delay.js';
import type { Settings } from './config/settings.js';
import { SettingsModule } from './config/settings.module.js';
import { DatabaseModule } from './database/database.module.js';
import { EncryptionModule } from './encryption/encryption.module.js';
import type { Keyring } from './encryption/keyring.js';
import type { Metrics } from './metrics/metrics.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { traceStripe } from './tracing/trace-stripe.js';
import type { Tracing } from './tracing/tracing.js';
import { TracingModule } from './tracing/tracing.module.js';

/** What the application needs from the boot. */
export interface AppOptions {
  settings: Settings;
  clock: Clock;
  databaseUrl: string;
  /** If `databaseUrl` leads to a pooler, the same database without it. */
  directDatabaseUrl?: string | undefined;
  stripe: StripeConnection;
  /** The delay of the event loop; measured by default. */
  loopDelay?: LoopDelay | undefined;
}

@Module({})
export class AppModule {
  /** @param metrics undefined if they are not served */
  static forRoot(
    { settings, clock, databaseUrl, directDatabaseUrl, stripe }: AppOptions,
    keyring: Keyring,
    tracing: Tracing,
    metrics?: Metrics,
  ): DynamicModule {
    return {
      module: AppModule,
      imports: [
        SettingsModule.forRoot(settings, clock),
        EncryptionModule.forRoot(keyring),
        TracingModule.forRoot(tracing),
        DatabaseModule.forRoot(databaseUrl, directDatabaseUrl, tracing),
        StripeModule.forRoot(stripe, {
          ...(metrics && { observe: (request) => metrics.observeStripe(request) }),
          ...(tracing.isOn && { wrap: (client) => traceStripe(client, tracing) }),
        }),
        ...(metrics ? [MetricsModule.forRoot(metrics)] : []),
        ApiModule,
      ],
    };
  }
}
