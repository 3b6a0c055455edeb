import { metadata } from '../../http/metadata.js';
import { array, boolean, oneOf, required, string, unsettable } from '../../http/params.js';
import { enabledEvents } from '../../webhooks/event-types.js';

const events = array(oneOf(...enabledEvents));

const commonParams = { description: unsettable(string()), metadata: metadata() };

/** Source: https://docs.stripe.com/api/webhook_endpoints/create. */
export const createParams = {
  ...commonParams,
  api_version: string(),
  enabled_events: required(events),
  url: required(string()),
};

/** Source: https://docs.stripe.com/api/webhook_endpoints/update. */
export const updateParams = {
  ...commonParams,
  disabled: boolean(),
  enabled_events: events,
  url: string(),
};
