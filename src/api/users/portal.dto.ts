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
