import { ApiProperty } from '@nestjs/swagger';
import type { SetupIntent } from '../../setup-intents/setup-intent.js';

export class PartnerSetupIntentResponse {
  @ApiProperty({
    description: 'For stripe.confirmCardSetup() in the front end',
    example: 'seti_1TUvWxABCDEFGHIJKLMNOPQR_secret_AbCdEfGhIjKlMnOpQrStUvWxYz01234',
  })
  client_secret!: string;

  static of({ clientSecret }: SetupIntent): PartnerSetupIntentResponse {
    return { client_secret: clientSecret };
  }
}
