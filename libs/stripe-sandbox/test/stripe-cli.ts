import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { TEST_KEY } from './support.js';

/**
 * Runs the official CLI, https://docs.stripe.com/stripe-cli, without the user's configuration, telemetry and updates.
 *
 * @param cli its JavaScript file
 */
export async function runStripeCli(cli: string, args: readonly string[]): Promise<{ stdout: string }> {
  const home = mkdtempSync(join(tmpdir(), 'stripe-cli-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return promisify(execFile)(process.execPath, [cli, ...args, '--api-key', TEST_KEY], {
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      XDG_CONFIG_HOME: home,
      DO_NOT_TRACK: '1',
      STRIPE_CLI_TELEMETRY_OPTOUT: '1',
      STRIPE_NO_AUTO_UPDATE: '1',
    },
  });
}
