import { ApiProperty } from '@nestjs/swagger';
import type { SetupIntent } from '../../setup-intents/setup-intent.js';

export class UserSetupIntentResponse {
  @ApiProperty({
    description: 'For stripe.confirmCardSetup() or stripe.confirmSetup(). It allows saving one card.',
    example: 'seti_1TUvWxABCDEFGHIJKLMNOPQR_secret_AbCdEfGhIjKlMnOpQrStUvWxYz01234',
  })
  clientSecret!: string;

  static of({ clientSecret }: SetupIntent): UserSetupIntentResponse {
    return { clientSecret };
  }
}
