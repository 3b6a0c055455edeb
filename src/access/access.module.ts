import { Module } from '@nestjs/common';
import { AccessTokensService } from './access-tokens.service.js';
import { ApiKeysService } from './api-keys.service.js';

/** Authentication: finds the caller of a bearer token. What a caller may do is decided per route in `api`. */
@Module({ providers: [ApiKeysService, AccessTokensService], exports: [ApiKeysService, AccessTokensService] })
export class AccessModule {}
