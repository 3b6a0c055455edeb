import { Module } from '@nestjs/common';
import { AccessTokensService } from './access-tokens.service.js';
import { ApiKeyAdminService } from './api-key-admin.service.js';
import { ApiKeysService } from './api-keys.service.js';
import { ApiKeysStore } from './api-keys.store.js';
import { AuditModule } from './audit.module.js';

/** Credentials: their callers, the administration of API keys, and the log of it. `api` decides per route who may use it. */
@Module({
  imports: [AuditModule],
  providers: [ApiKeysService, ApiKeyAdminService, ApiKeysStore, AccessTokensService],
  exports: [ApiKeysService, ApiKeyAdminService, AuditModule, AccessTokensService],
})
export class AccessModule {}
