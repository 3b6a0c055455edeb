import { writeSync } from 'node:fs';

const STDOUT = 1;

/** https://nodejs.org/docs/latest-v20.x/api/module.html#loadurl-context-nextload */
export function load(url, context, nextLoad) {
  if (url.includes('/open-telemetry')) writeSync(STDOUT, 'OpenTelemetry: loaded\n');
  return nextLoad(url, context);
}
