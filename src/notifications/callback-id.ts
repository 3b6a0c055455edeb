/** The id of the endpoint for `PAYMENT_CALLBACK_URL`, the same in every database. */
export const CALLBACK_ENDPOINT_ID = '00000000-0000-4000-8000-00000000ca11';

/** The caller that it belongs to; no real one has this name. */
export const CALLBACK_CALLER = 'paydesk';
