import type { Owner } from '#core/actor.js';
import type { Settings } from '../../config/settings.js';
import { PORTAL_FLOWS, type PortalFlow } from '../../portal/portal.js';
import { ChoiceField, PartnerNameField, UserIdField } from '../dto/fields.js';
import { ReturnUrlField } from '../dto/redirect-url.field.js';
import { ownerOf } from './owner.js';

export class PortalRequest {
  @UserIdField({ description: 'The user who will use the page' })
  userId!: string;

  @PartnerNameField({
    optional: true,
    description: 'The partner whose user `userId` is; a signed-in user by default',
  })
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
