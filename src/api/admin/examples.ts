/** Examples of `/admin/keys` for the OpenAPI document; they work as they are. */
export const KEY_EXAMPLES = {
  service: {
    summary: 'A service that only reads customers',
    value: { kind: 'service', name: 'crm', scopes: ['customers:read'], label: 'CRM' },
  },
  partner: {
    summary: "A partner's back end, until the end of 2099",
    value: {
      kind: 'partner',
      name: 'acme',
      scopes: ['charges:read', 'charges:write'],
      expiresAt: '2099-12-31T23:59:59.000Z',
    },
  },
};

export const GUARDRAILS_EXAMPLES = {
  day: {
    summary: 'At most 50.00 USD at once and 1,000.00 USD a day',
    value: {
      guardrails: { maxCharge: { usd: 5000 }, maxChargesPerDay: { usd: 100_000 }, currencies: ['usd'] },
    },
  },
  none: { summary: 'No guardrails', value: { guardrails: null } },
};

export const ROTATION_EXAMPLES = {
  overlap: { summary: 'Both keys work for a day', value: { overlap: '24h' } },
};

export const REVIEW_EXAMPLES = {
  done: {
    summary: 'The object was found at Stripe',
    value: { finding: 'done', note: 'Found by its metadata in the Dashboard' },
  },
  notDone: {
    summary: 'Nothing was found',
    value: { finding: 'not-done', note: 'No object with this operation_id among all of that day' },
  },
};
