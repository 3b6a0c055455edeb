import { ApiProperty } from '@nestjs/swagger';
import type { PlannedCall, PlannedParams } from '#core/dry-run.js';

class PlannedCallResponse implements PlannedCall {
  @ApiProperty({ example: 'POST' })
  method!: string;

  @ApiProperty({ example: '/v1/refunds' })
  path!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: "Stripe's parameters; every value is a text",
    example: { charge: 'ch_3TUvWxABCDEFGHIJ0KLMNOPQ', amount: '100' },
  })
  params!: PlannedParams;
}

/** The answer to a request with the header `Dry-Run: true` that would not be refused. */
export class DryRunResponse {
  @ApiProperty({ enum: [true] })
  dryRun!: true;

  @ApiProperty({
    type: [PlannedCallResponse],
    description: 'The first calls to Stripe that would change something; none if there is nothing to change',
  })
  wouldSend!: PlannedCall[];

  static of(calls: readonly PlannedCall[]): DryRunResponse {
    return { dryRun: true, wouldSend: [...calls] };
  }
}
