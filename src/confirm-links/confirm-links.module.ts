import { Module } from '@nestjs/common';
import { ConfirmLinks } from './confirm-links.service.js';

@Module({ providers: [ConfirmLinks], exports: [ConfirmLinks] })
export class ConfirmLinksModule {}
