/** Examples for the OpenAPI document; they work as they are. */
export const ENDPOINT_EXAMPLES = {
  all: { summary: 'Everything', value: { url: 'https://shop.example/notifications' } },
  some: {
    summary: 'Paid orders only',
    value: { url: 'https://shop.example/paid', types: ['payment.succeeded'], description: 'Orders' },
  },
};

export const ENDPOINT_CHANGE_EXAMPLES = {
  off: { summary: 'Switch it off', value: { enabled: false } },
  all: { summary: 'Everything', value: { types: null } },
};

export const REDELIVERY_EXAMPLES = {
  day: {
    summary: 'Everything of a day',
    value: { since: '2026-11-22T00:00:00Z', until: '2026-11-23T00:00:00Z' },
  },
};
