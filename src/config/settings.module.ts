import { type DynamicModule, Global, Module } from '@nestjs/common';
import { ConfigModule, registerAs } from '@nestjs/config';
import { Clock } from '#core/clock.js';
import { Settings } from './settings.js';

/**
 * Provides the settings and the clock to every module. Inject `Settings`: it is the configuration namespace
 * `settings` of `@nestjs/config`, typed, validated and frozen before the application was created.
 */
@Global()
@Module({})
export class SettingsModule {
  static forRoot(settings: Settings, clock: Clock): DynamicModule {
    const namespace = registerAs('settings', () => settings);
    return {
      module: SettingsModule,
      imports: [ConfigModule.forRoot({ ignoreEnvFile: true, load: [namespace] })],
      providers: [
        { provide: Settings, useExisting: namespace.KEY },
        { provide: Clock, useValue: clock },
      ],
      exports: [Settings, Clock],
    };
  }
}
