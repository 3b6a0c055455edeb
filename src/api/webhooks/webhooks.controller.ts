import { Controller, Headers, HttpCode, Post, Req } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { WebhooksService } from '../../webhooks/webhooks.service.js';
import { AllowAnyone } from '../http/allow.decorator.js';
import { RawBody } from '../http/raw-body.js';

/** For Stripe, which sends a signature in place of a credential. */
@ApiExcludeController()
@AllowAnyone()
@Controller('webhooks')
export class WebhooksController {
  constructor(private readonly webhooks: WebhooksService) {}

  @Post('stripe')
  @HttpCode(200)
  @RawBody()
  async receive(
    @Req() { body = '' }: FastifyRequest<{ Body?: string }>,
    @Headers('stripe-signature') signature = '',
  ): Promise<void> {
    await this.webhooks.receive(body, signature);
  }
}
