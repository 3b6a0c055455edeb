import { ApiProperty } from '@nestjs/swagger';
import type { Settings } from '../../config/settings.js';
import type { SubscriptionFilter } from '../../payments/subscription-filter.js';
import { SUBSCRIPTION_STATUSES, type SubscriptionStatus } from '../../payments/subscription-record.js';
import { ChoiceField, CursorField, PageSizeField, StripeIdField, UserIdField } from '../dto/fields.js';
import { SubscriptionResponse } from '../dto/subscription.response.js';
import { EXAMPLE_SUBSCRIPTION_ID } from './examples.js';
import { PAGE_SIZE_DEFAULT, tenantFilter } from './payments.dto.js';
import { TenantFilterField } from './tenant.field.js';

const ID_PREFIXES = ['sub', 'cs'] as const;
const CURSOR = /^(cs|sub)_[A-Za-z0-9_]{1,200}$/;

export class SubscriptionPath {
  @StripeIdField({
    prefixes: ID_PREFIXES,
    description:
      'The subscription: its id, or that of the Checkout Session on which it was started. 404 for a subscription that ' +
      'another caller started, unless the credential has the scope `payments:any`',
    example: EXAMPLE_SUBSCRIPTION_ID,
  })
  id!: string;
}

export class SubscriptionsQuery {
  @UserIdField({
    optional: true,
    description: 'Only subscriptions of this user: of `tenant`, or else a signed-in one',
    example: undefined,
  })
  userId?: string;

  @TenantFilterField(
    'Only subscriptions of this tenant: the name of a partner, or `tenant` of a subscription',
  )
  tenant?: string;

  @ChoiceField({
    choices: SUBSCRIPTION_STATUSES,
    optional: true,
    description: 'Only subscriptions with this status',
  })
  status?: SubscriptionStatus;

  @PageSizeField({ optional: true, description: `1 to 100; ${PAGE_SIZE_DEFAULT} by default` })
  limit?: string;

  @CursorField(CURSOR)
  cursor?: string;

  toFilter(settings: Pick<Settings, 'JWT_ISSUER'>): SubscriptionFilter {
    const { userId, status } = this;
    const tenant = tenantFilter(this, settings);
    return {
      ...(tenant !== undefined && { tenant }),
      ...(userId !== undefined && { userId }),
      ...(status && { status }),
    };
  }
}

export class SubscriptionListResponse {
  @ApiProperty({ type: [SubscriptionResponse] })
  data!: SubscriptionResponse[];

  @ApiProperty({ type: String, nullable: true, description: 'Null on the last page', example: null })
  nextCursor!: string | null;
}
