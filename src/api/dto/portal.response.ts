import { ApiProperty } from '@nestjs/swagger';
import type { PortalPage } from '../../portal/portal.js';

export class PortalResponse {
  @ApiProperty({
    type: String,
    nullable: true,
    format: 'uri',
    description: "Stripe's page; it opens for a few minutes. Null in a repetition a day later",
    example: 'https://billing.stripe.com/p/session/test_abc',
  })
  url!: string | null;

  static of({ url }: PortalPage): PortalResponse {
    return { url };
  }
}
