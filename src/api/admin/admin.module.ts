import { Module } from '@nestjs/common';
import { AccessModule } from '../../access/access.module.js';
import { AuditController } from './audit.controller.js';
import { KeysController } from './keys.controller.js';

/** The API for those who administer API keys. */
@Module({ imports: [AccessModule], controllers: [KeysController, AuditController] })
export class AdminApiModule {}
