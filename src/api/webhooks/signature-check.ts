import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import { WebhooksService } from '../../webhooks/webhooks.service.js';
import type { HeadCheck } from '../http/raw-body.js';

/** Refuses an event before its body is read if its signature can't be valid for any body. */
@Injectable()
export class SignatureCheck implements HeadCheck {
  constructor(private readonly webhooks: WebhooksService) {}

  check({ 'stripe-signature': signature }: IncomingHttpHeaders): void {
    this.webhooks.requireCurrentSignature(String(signature ?? ''));
  }
}
