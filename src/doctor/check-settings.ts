import { DateTime } from 'luxon';
import type { Settings } from '../config/settings.js';
import { type NodeEnvironment, unsafeSettings } from '../config/unsafe-settings.js';
import { type Finding, ok, red } from './finding.js';

/** What the service would refuse to start with, all of it. */
export function checkSafety(settings: Settings, environment: NodeEnvironment): Finding[] {
  const unsafe = unsafeSettings(settings, environment);
  if (unsafe.length === 0) return [ok('settings', `valid, and safe for ${settings.MODE} mode on this HOST`)];
  return unsafe.map(({ variable, problem, remedy }) => red(variable, problem, remedy));
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
