import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Readable } from 'node:stream';
import { processStat } from './process-stat.js';

/** A server under test, or a part of the load, as a child process. */
export interface ServerProcess {
  url: string;
  /** From its start until it said where it listens. */
  startMs: number;
  /** CPU time of all its threads so far, by the kernel's account. */
  cpuMs(): number;
  /** Its resident memory. */
  memoryMb(): number;
  stop(): Promise<void>;
}

const LISTENS = /listens on (http:\S+)/;

/** The server under test has one core for itself; what loads it has the others. */
export const SERVER_CORE = 0;
export const CAN_PIN = availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0;

const children = new Set<ChildProcess>();
process.once('exit', () => children.forEach((child) => child.kill('SIGKILL')));

/** Pins this process, and with it what it starts from now on, to the cores of the load. */
export function leaveServerCore(): void {
  if (CAN_PIN) spawnSync('taskset', ['-acp', `1-${availableParallelism() - 1}`, String(process.pid)]);
}

/**
 * Starts a JavaScript file with its arguments, and waits until it says where it listens.
 *
 * @param isServer whether it is a server under test, which runs alone on its core
 * @param logFile what it writes to standard output afterwards
 */
export async function startProcess(
  program: readonly string[],
  environment: Record<string, string>,
  { isServer, logFile = '/dev/null' }: { isServer: boolean; logFile?: string },
): Promise<ServerProcess> {
  const { PATH = '', HOME = '' } = process.env;
  const command = [process.execPath, ...program];
  const [executable = '', ...args] =
    isServer && CAN_PIN ? ['taskset', '-c', String(SERVER_CORE), ...command] : command;
  const startedMs = performance.now();
  const child = spawn(executable, args, {
    env: { PATH, HOME, NODE_ENV: 'production', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.add(child);
  const exited = once(child, 'exit').then(() => children.delete(child));
  const url = await listeningUrl(child, child.stdout, program.join(' '));
  child.stdout.pipe(createWriteStream(logFile));
  const { pid = 0 } = child;
  return {
    url,
    startMs: performance.now() - startedMs,
    // taskset replaces itself by Node.
    cpuMs: () => processStat(pid).cpuMs,
    memoryMb: () => memoryMbOf(pid),
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

function listeningUrl(child: ChildProcess, stdout: Readable, name: string): Promise<string> {
  let output = '';
  return new Promise((resolve, reject) => {
    const onData = (chunk: Buffer) => {
      output += chunk.toString();
      const [, url] = LISTENS.exec(output) ?? [];
      if (url === undefined) return;
      stdout.off('data', onData);
      resolve(url);
    };
    stdout.on('data', onData);
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}: ${output}`)));
  });
}

function memoryMbOf(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}
