import { DateTime } from 'luxon';
import type { Settings } from '../config/settings.js';
import { type NodeEnvironment, unsafeSettings } from '../config/unsafe-settings.js';
import { AddressRules } from '../notifications/address-rules.js';
import { CALLBACK_RULE, isDeliverableCallback } from '../notifications/callback-endpoint.service.js';
import { type Finding, ok, red, skipped } from './finding.js';

/** What the service would refuse to start with, all of it. */
export function checkSafety(settings: Settings, environment: NodeEnvironment): Finding[] {
  const unsafe = unsafeSettings(settings, environment);
  if (unsafe.length === 0) return [ok('settings', `valid, and safe for ${settings.MODE} mode on this HOST`)];
  return unsafe.map(({ variable, problem, remedy }) => red(variable, problem, remedy));
}

/** Nothing is sent to see whether the receiver answers. */
export function checkCallback(settings: Settings): Finding {
  const { PAYMENT_CALLBACK_URL: url, PAYMENT_CALLBACK_SECRET: secret } = settings;
  if (url === undefined) return skipped('payment callback', 'PAYMENT_CALLBACK_URL is not set');
  if (!isDeliverableCallback(url, new AddressRules(settings))) {
    return red('payment callback', `PAYMENT_CALLBACK_URL ${CALLBACK_RULE}`, 'correct it');
  }
  if (secret === undefined && settings.MODE === 'live') {
    return red(
      'payment callback',
      'PAYMENT_CALLBACK_SECRET is not set, so anybody could send outcomes to the receiver',
      'set it to the output of `echo whsec_$(openssl rand -base64 32)`, and verify the signature',
    );
  }
  return ok(
    'payment callback',
    `outcomes are sent ${secret === undefined ? 'without a signature' : 'signed'}`,
  );
}

/** In live mode somebody must have chosen the time zone: a subscription cancelled at a day ends with the day there. */
export function checkTimeZone(settings: Settings, now: Date): Finding {
  const { BUSINESS_TIMEZONE: zone, MODE: mode } = settings;
  if (mode === 'live' && !settings.isSet('BUSINESS_TIMEZONE')) {
    return red(
      'time zone',
      `BUSINESS_TIMEZONE is not set, so business days end at midnight in ${zone}`,
      'set BUSINESS_TIMEZONE to the IANA name of your time zone, or to UTC',
    );
  }
  const local = DateTime.fromJSDate(now, { zone }).toFormat('yyyy-MM-dd HH:mm');
  return ok('time zone', `business days end at midnight in ${zone}, where it is ${local}`);
}
