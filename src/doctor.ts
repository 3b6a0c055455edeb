import 'reflect-metadata';
import { SystemClock } from '#core/clock.js';
import { exitOnError } from './boot/exit-on-error.js';
import { refuseArguments } from './boot/refuse-arguments.js';
import { loadSettings } from './config/load-settings.js';
import { diagnose } from './doctor/diagnose.js';
import { formatTable } from './doctor/format-table.js';

/** Prints what is right and wrong with the settings, the database and the Stripe account. Exits with 1 on red. */
async function main(): Promise<void> {
  refuseArguments('npm run doctor');
  const findings = await diagnose(loadSettings, () => process.env, new SystemClock());
  process.stdout.write(formatTable(findings));
  process.exitCode = findings.some(({ result }) => result === 'red') ? 1 : 0;
}

await exitOnError(main);
