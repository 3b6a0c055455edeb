import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Clock } from '#core/clock.js';
import { Settings } from './settings.js';

/** What the boot read and decided, for everyone to inject. */
@Global()
@Module({})
export class SettingsModule {
  static forRoot(settings: Settings, clock: Clock): DynamicModule {
    return {
      module: SettingsModule,
      providers: [
        { provide: Settings, useValue: settings },
        { provide: Clock, useValue: clock },
      ],
      exports: [Settings, Clock],
    };
  }
}
