import { ApiProperty } from '@nestjs/swagger';
import { DISABLED_REASONS, type DisabledReason, type Endpoint } from '../../notifications/endpoint.js';

export class PaymentCallbackResponse {
  @ApiProperty({ example: true })
  enabled!: boolean;

  @ApiProperty({
    type: String,
    enum: [...DISABLED_REASONS, null],
    nullable: true,
    description: '`gone`: it answered 410. `unreachable`: nothing was delivered for five days.',
    example: null,
  })
  disabledReason!: DisabledReason | null;

  static of({ enabled, disabledReason }: Endpoint): PaymentCallbackResponse {
    return { enabled, disabledReason };
  }
}
