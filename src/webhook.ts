import 'reflect-metadata';
import { createStripeClient } from '#stripe/stripe-client.js';
import { StripeConnection } from '#stripe/stripe-connection.js';
import { exitOnError } from './boot/exit-on-error.js';
import { parseArguments } from './command-line/parse-arguments.js';
import {
  formatEndpoints,
  reasonOfStripe,
  registerEndpoint,
  removeEndpoint,
} from './command-line/webhook-commands.stripe.js';
import { loadSettings } from './config/load-settings.js';

const USAGE = 'usage: npm run -s webhook -- register URL | list | remove ID';

/** Registers, lists and removes the webhook endpoint of this service at Stripe. `register` prints only its secret. */
async function main(): Promise<void> {
  const { positionals } = parseArguments([], USAGE);
  const [name, argument, ...rest] = positionals;
  if (rest.length > 0) throw new Error(USAGE);
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_API_BASE: apiBase } = loadSettings();
  if (!secretKey)
    throw new Error('STRIPE_SECRET_KEY is not set. In sandbox mode, events arrive without this.');
  const stripe = createStripeClient(new StripeConnection(secretKey, apiBase));
  try {
    process.stdout.write(await run(name, argument));
  } catch (error) {
    const reason = reasonOfStripe(error);
    throw reason === undefined ? error : new Error(reason, { cause: error });
  }

  function run(command: string | undefined, value: string | undefined): Promise<string> {
    if (command === 'list' && value === undefined) return formatEndpoints(stripe);
    if (command === 'register' && value !== undefined) return registerEndpoint(stripe, value);
    if (command === 'remove' && value !== undefined) return removeEndpoint(stripe, value);
    throw new Error(USAGE);
  }
}

await exitOnError(main);
