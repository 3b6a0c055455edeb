import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** The built service as a child process, as `npm start` runs it. */
export interface ServiceProcess {
  /** Its output so far. */
  output: () => string;
  url: string;
  sandboxUrl: string;
  /** Its exit code once it has ended, null after a SIGKILL. */
  exited: Promise<number | null>;
  /** Sends a signal, which an ended one does not mind, and waits for the end. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

const LISTENS = /Paydesk listens on (\S+)/;
const PROGRAMS = 'dist/bundle';
const SANDBOX = /Stripe sandbox at (\S+)/;

/**
 * Starts one on ports of its own, and waits until it says where it listens. It stops without a drain.
 * @param programs folder of the built programs
 */
export async function startService(
  dataDir: string,
  environment: Record<string, string> = {},
  programs = PROGRAMS,
): Promise<ServiceProcess> {
  const child = spawnService(dataDir, environment, programs);
  const output = collect(child);
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  await waitFor(child, output, LISTENS);
  return {
    output,
    url: LISTENS.exec(output())?.[1] ?? '',
    sandboxUrl: SANDBOX.exec(output())?.[1] ?? '',
    exited,
    end: (signal) => {
      child.kill(signal);
      return exited;
    },
  };
}

/** Starts a process that must fail; returns its exit code and output. */
export async function failToStart(
  dataDir: string,
  environment: Record<string, string>,
): Promise<{ code: number; output: string }> {
  const child = spawnService(dataDir, environment);
  const output = collect(child);
  const [code] = (await once(child, 'close')) as [number];
  return { code, output: output() };
}

function spawnService(
  dataDir: string,
  environment: Record<string, string>,
  programs = PROGRAMS,
): ChildProcess {
  return spawn(process.execPath, [join(programs, 'main.js')], {
    env: {
      ...bareEnvironment(),
      DATA_DIR: dataDir,
      PORT: '0',
      SANDBOX_PORT: '0',
      DRAIN_MS: '0',
      // The machine of a test is busy with other things too.
      EVENT_LOOP_DELAY_MAX_MS: 'off',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** An encryption key, which the service needs except in sandbox mode. */
export const ENCRYPTION_KEY = Buffer.alloc(32, 'paydesk').toString('base64');

/** Stripe's key of a service with {@link settingsOn}. */
export const SECRET_KEY = 'sk_test_paydesk';

/** The settings of a service on a database and a sandbox, which takes more requests than a caller would send. */
export function settingsOn(databaseUrl: string, stripeUrl: string): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl,
    STRIPE_SECRET_KEY: SECRET_KEY,
    STRIPE_API_BASE: stripeUrl,
    ENCRYPTION_KEY,
    RATE_LIMITS: 'off',
    CARD_TESTING_BRAKE: 'off',
    LOG_LEVEL: 'warn',
  };
}

/** The environment without settings of Paydesk. */
export function bareEnvironment(): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env;
  return { PATH, HOME };
}

function collect(child: ChildProcess): () => string {
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return () => text;
}

function waitFor(child: ChildProcess, output: () => string, pattern: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', () => pattern.test(output()) && resolve());
    child.on('exit', (code) => reject(new Error(`the service ended with ${code}: ${output()}`)));
  });
}
