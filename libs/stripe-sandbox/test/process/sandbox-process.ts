import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Stripe } from 'stripe';
import { onTestFinished } from 'vitest';
import { TEST_KEY } from '../support.js';

const MAIN = 'dist/libs/stripe-sandbox/main.js';
const LISTENS = /Stripe sandbox on (\S+);/;

/** A built sandbox as a child process, as `npm run sandbox` runs it. */
export interface SandboxProcess {
  url: string;
  stripe: Stripe;
  /** Its output so far. */
  output: () => string;
  /** Kills it; resolves when it has exited. */
  kill(): Promise<void>;
}

export interface ProcessOptions {
  dataDir: string;
  webhook?: string;
  host?: string;
  apiVersion?: string;
  /** The maximum heap size; the default of Node if not given. */
  memoryMb?: number;
  /** The folder of temporary files; the default of the system if not given. */
  temporaryFiles?: string;
  /** The maximum size of its files, in units of 512 bytes. */
  fileBlocks?: number;
}

/** Starts a sandbox on a free port, and waits until it listens. It is killed when the test ends. */
export async function startSandbox(options: ProcessOptions): Promise<SandboxProcess> {
  const { child, output } = spawnSandbox(options);
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  };
  onTestFinished(kill);
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', () => LISTENS.test(output()) && resolve(LISTENS.exec(output())![1]!));
    child.on('exit', (code) => reject(new Error(`the sandbox ended with ${code}: ${output()}`)));
  });
  const { hostname: host, port } = new URL(url);
  const stripe = new Stripe(TEST_KEY, {
    host,
    port,
    protocol: 'http',
    telemetry: false,
    maxNetworkRetries: 0,
  });
  return { url, stripe, output, kill };
}

/** Starts a process that must fail; returns its exit code and output. */
export async function failToStart(options: ProcessOptions): Promise<{ code: number; output: string }> {
  const { child, output } = spawnSandbox(options);
  const [code] = (await once(child, 'close')) as [number];
  return { code, output: output() };
}

/** Starts a sandbox and kills it after some milliseconds. */
export async function killEarly(options: ProcessOptions, afterMs: number): Promise<void> {
  const { child } = spawnSandbox(options);
  setTimeout(() => child.kill('SIGKILL'), afterMs);
  await once(child, 'exit');
}

function spawnSandbox(options: ProcessOptions) {
  const { dataDir, webhook, host, apiVersion, memoryMb, temporaryFiles, fileBlocks } = options;
  const named = { '--webhook': webhook, '--host': host, '--api-version': apiVersion };
  const more = Object.entries(named).flatMap(([name, value]) => (value === undefined ? [] : [name, value]));
  const memory = memoryMb === undefined ? [] : [`--max-old-space-size=${memoryMb}`];
  const words = [process.execPath, ...memory, MAIN, '--port', '0', '--data-dir', dataDir, ...more];
  const limit = fileBlocks === undefined ? '' : `ulimit -f ${fileBlocks} && `;
  const child = spawn('sh', ['-c', `${limit}exec "$@"`, 'sh', ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...(temporaryFiles !== undefined && { TMPDIR: temporaryFiles }) },
  });
  return { child, output: collect(child) };
}

function collect(child: ChildProcess): () => string {
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return () => text;
}
