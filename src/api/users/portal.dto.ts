import { ApiProperty } from '@nestjs/swagger';
import type { PortalPage } from '../../portal/portal.js';
import { ReturnUrlField } from '../dto/redirect-url.field.js';

/** Examples for the OpenAPI document. */
export const USER_PORTAL_EXAMPLES = {
  portal: {
    summary: 'A page to manage cards and plans',
    value: { returnUrl: 'https://example.com/account' },
  },
};

export class UserPortalRequest {
  @ReturnUrlField()
  returnUrl!: string;
}

export class UserPortalResponse {
  @ApiProperty({
    type: String,
    nullable: true,
    format: 'uri',
    description: "Stripe's page; it opens for a few minutes. Null in a repetition a day later",
    example: 'https://billing.stripe.com/p/session/test_abc',
  })
  url!: string | null;

  static of({ url }: PortalPage): UserPortalResponse {
    return { url };
  }
}
