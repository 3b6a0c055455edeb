import { Module } from '@nestjs/common';
import { ConfigModule, registerAs } from '@nestjs/config';
import { NestFactory } from '@nestjs/core';
import { settingsFrom, type Settings } from './settings.js';

const environment = registerAs('settings', () => settingsFrom(process.env));

@Module({ imports: [ConfigModule.forRoot({ load: [environment] })] })
class EnvironmentModule {}

/**
 * Reads the settings from the environment and `.env`, before anything else is started.
 *
 * @throws {SettingsError} naming the first variable that is wrong
 */
export async function loadSettings(): Promise<Settings> {
  const context = await NestFactory.createApplicationContext(EnvironmentModule, {
    logger: false,
    abortOnError: false,
  });
  const settings = context.get<Settings>(environment.KEY);
  await context.close();
  return settings;
}
