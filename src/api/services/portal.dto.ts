import type { Owner } from '#core/actor.js';
import type { Settings } from '../../config/settings.js';
import { PORTAL_FLOWS, type PortalFlow } from '../../portal/portal.js';
import { ChoiceField, UserIdField } from '../dto/fields.js';
import { ReturnUrlField } from '../dto/redirect-url.field.js';
import { ownerOf } from './owner.js';
import { TenantField } from './tenant.field.js';

export class PortalRequest {
  @UserIdField({ description: 'The user who will use the page' })
  userId!: string;

  @TenantField('clinic')
  tenant?: string;

  @ReturnUrlField()
  returnUrl!: string;

  @ChoiceField({
    choices: PORTAL_FLOWS,
    optional: true,
    description:
      'Opens the page for one thing only: to replace the default card, or to cancel or change the newest subscription',
  })
  flow?: PortalFlow;

  owner({ JWT_ISSUER: issuer }: Settings): Owner {
    return ownerOf(this.userId, this.tenant, issuer);
  }
}
