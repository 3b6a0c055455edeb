import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bareEnvironment, type ServiceProcess, startService } from '../support/service-process.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';

// `sh start` and `sh test` are run by .ci/run, in a clean copy.
const WALK_THROUGH = /^```sh\n(.*?)^```$/gms;
/** What the service is started with for a part of the walk-through. */
const SUBSCRIBABLE = /^```sh subscribable\nSUBSCRIBABLE_PRICES=(\S+) npm start\n```$/m;
const RECEIVER = /^```js\n(.*?)^```$/ms;
const RECEIVER_URL = 'http://127.0.0.1:4000/';
const hasCurl = spawnSync('curl', ['--version']).status === 0;

let folder: string;
let readme: string;
let service: ServiceProcess;

beforeAll(async () => {
  folder = await makeTemporaryFolder();
  readme = await readFile('README.md', 'utf8');
  const [, SUBSCRIBABLE_PRICES = ''] = SUBSCRIBABLE.exec(readme) ?? [];
  service = await startService(join(folder, 'data'), { SUBSCRIBABLE_PRICES });
});
afterAll(async () => {
  await service.end('SIGTERM');
  await removeFolder(folder);
});

it.skipIf(!hasCurl)('the commands of the README do what it says', async ({ signal }) => {
  expect(readme.match(RECEIVER)?.[1]).toBe(await readFile('examples/receiver.mjs', 'utf8'));
  const blocks = [...readme.matchAll(WALK_THROUGH)].map(([, commands = '']) => commands);
  const output = join(folder, 'receiver.txt');
  const receiverPort = await freePort();
  const script = blocks
    // What the receiver prints must have arrived before its delivery is shown.
    .map((commands) => (commands.includes('.timeline') ? `${untilPrinted(output)}${commands}` : commands))
    .join('echo; echo ----\n')
    .replace('http://127.0.0.1:3000', service.url)
    .replace('http://127.0.0.1:12111', service.sandboxUrl)
    .replace(RECEIVER_URL, `http://127.0.0.1:${receiverPort}/`)
    .replace('receiver.mjs &', `receiver.mjs > ${output} &`);
  const environment = { DATA_DIR: join(folder, 'data'), RECEIVER_PORT: String(receiverPort) };
  const { stdout, stderr, status } = await runScript(script, environment, signal);
  expect(stderr).toBe('');
  expect(status).toBe(0);

  const [, , savedCard, charge, history, captured, checkout, refund, cancellation, ...notified] =
    stdout.split('----\n');
  expect(savedCard).toBe('succeeded\n\n');
  expect(captured).toMatch(/"status":"complete","amount":"2000"[^]*"status":"succeeded","amount":"500"/);
  expect(charge).toMatch(/^HTTP\/1.1 201 [^]*location: \/partners\/user\/alice\/payments\/pi_/);
  expect(history).toContain('"description":"Wellness exam","amount":"3000","status":"complete"');
  expect(checkout).toContain('"status":"ACCEPTED"');
  expect(refund).toMatch(/"result":"OK".*"amount":"2.00"/);
  expect(cancellation).toMatch(/"result":"OK".*"cancelAt":"\d{4}-/);
  const [, secondRefund, timeline] = notified;
  const [portal, upgrade] = notified.slice(-3);
  expect(portal).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/p\/session\/\S+\n$/m);
  expect(upgrade).toMatch(
    /^\d\.\d\d\n.*"cancelAtPeriodEnd":false.*"unitAmount":"12.00".*\n.*"cancelAtPeriodEnd":true/,
  );
  expect(notified.at(-1)).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/confirm\/pi_\S+\n$/);
  expect(secondRefund).toMatch(/"result":"OK".*"amount":"3.00"/);
  expect(await readFile(output, 'utf8')).toMatch(/^refund\.succeeded cs_\w+ \d+\n$/m);
  expect(timeline).toMatch(
    / request .* notification payment\.succeeded .* delivery refund\.succeeded delivered\n/s,
  );
});

/** Runs a script, and ends what it leaves behind, such as the receiver if a command fails. @param signal ends all at once */
async function runScript(script: string, environment: Record<string, string>, signal: AbortSignal) {
  const bash = spawn('bash', ['--norc', '-euo', 'pipefail', '-c', script], {
    // It leads a group of processes of its own.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...bareEnvironment(), ...environment },
  });
  const end = (): void => endGroup(bash.pid!);
  signal.addEventListener('abort', end);
  bash.once('exit', () => {
    signal.removeEventListener('abort', end);
    end();
  });
  const [stdout, stderr, [status]] = await Promise.all([
    text(bash.stdout),
    text(bash.stderr),
    once(bash, 'exit') as Promise<[number | null]>,
  ]);
  return { stdout, stderr, status };
}

/** Ends the processes of a group, if there are any. */
function endGroup(id: number): void {
  try {
    process.kill(-id, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Waits until the receiver has printed the refund, and its delivery is recorded. */
function untilPrinted(output: string): string {
  return `until grep -qs refund.succeeded ${output} && curl -sS $PAYDESK/pay/payments/$PAYMENT \\
    -H "Authorization: Bearer $SERVICE_KEY" | grep -q '"to":"delivered"'; do sleep 0.2; done\n`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
