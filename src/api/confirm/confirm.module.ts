import { Module } from '@nestjs/common';
import { ConfirmLinksModule } from '../../confirm-links/confirm-links.module.js';
import { ConfirmationsModule } from '../../confirmations/confirmations.module.js';
import { LimitsModule } from '../../limits/limits.module.js';
import { ConfirmController } from './confirm.controller.js';

/** The page on which customers complete payments. */
@Module({
  imports: [ConfirmLinksModule, ConfirmationsModule, LimitsModule],
  controllers: [ConfirmController],
})
export class ConfirmApiModule {}
