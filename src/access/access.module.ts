import { Module } from '@nestjs/common';
import { ApiKeysService } from './api-keys.service.js';
import { UserTokensService } from './user-tokens.service.js';

/** Authentication: finds the caller of a bearer token. What a caller may do is decided per route in `api`. */
@Module({ providers: [ApiKeysService, UserTokensService], exports: [ApiKeysService, UserTokensService] })
export class AccessModule {}
