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
