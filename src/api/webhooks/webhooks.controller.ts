import { Controller, Headers, HttpCode, Post, Req } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { WebhooksService } from '../../webhooks/webhooks.service.js';
import { AllowAnyone } from '../http/allow.decorator.js';
import { RawBody } from '../http/raw-body.js';
import { SignatureCheck } from './signature-check.js';

/** For Stripe, which sends a signature in place of a credential. */
@ApiExcludeController()
@Controller('webhooks')
export class WebhooksController {
  constructor(private readonly webhooks: WebhooksService) {}

  @Post('stripe')
  @HttpCode(200)
  @AllowAnyone()
  @RawBody(SignatureCheck)
  async receive(
    @Req() { body = '' }: FastifyRequest<{ Body?: string }>,
    @Headers('stripe-signature') signature = '',
  ): Promise<void> {
    await this.webhooks.receive(body, signature);
  }
}
