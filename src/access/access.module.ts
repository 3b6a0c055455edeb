import { Module } from '@nestjs/common';
import { ApiKeysService } from './api-keys.service.js';
import { UserTokensService } from './user-tokens.service.js';

/** Credentials: who is behind a bearer token. What they may do is decided per route in `api`. */
@Module({ providers: [ApiKeysService, UserTokensService], exports: [ApiKeysService, UserTokensService] })
export class AccessModule {}
