import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Keyring } from './keyring.js';

/** Provides the keyring to every module. */
@Global()
@Module({})
export class EncryptionModule {
  static forRoot(keyring: Keyring): DynamicModule {
    return {
      module: EncryptionModule,
      providers: [{ provide: Keyring, useValue: keyring }],
      exports: [Keyring],
    };
  }
}
