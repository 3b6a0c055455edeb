import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type ServiceProcess, startService } from '../support/service-process.js';
import { secretKeyOf } from './stripe.js';

/** What all instances share. */
export interface FleetOptions {
  size: number;
  /** Folder of the built service. */
  build: string;
  /** Where each instance has a folder of its own. */
  folder: string;
  databaseUrl: string;
  stripeUrl: string;
}

/** One instance of the service, up or not. */
interface Instance {
  port: number;
  process?: ServiceProcess;
  /** Its coming up, or what went wrong with that. */
  starting: Promise<void>;
}

/** Several instances of the service on one database; who is killed comes up again on the same port. */
export class Fleet {
  private readonly instances: Instance[] = [];
  private stopped = false;

  private constructor(private readonly options: FleetOptions) {}

  static async start(options: FleetOptions): Promise<Fleet> {
    const fleet = new Fleet(options);
    for (let number = 0; number < options.size; number += 1) {
      const instance: Instance = { port: await freePort(), starting: Promise.resolve() };
      fleet.instances.push(instance);
      instance.starting = heardLater(fleet.start(number, instance));
    }
    await Promise.all(fleet.instances.map(({ starting }) => starting));
    return fleet;
  }

  get size(): number {
    return this.instances.length;
  }

  url(number: number): string {
    return `http://127.0.0.1:${this.at(number).port}`;
  }

  isUp(number: number): boolean {
    return this.at(number).process !== undefined;
  }

  /** Kills one at once, and has it come up again. */
  kill(number: number): void {
    const instance = this.at(number);
    const { process } = instance;
    if (!process) return;
    delete instance.process;
    // The signal is sent before `end` waits for anything.
    instance.starting = heardLater(process.end('SIGKILL').then(() => this.start(number, instance)));
  }

  /** Resolves when all are up. @throws Error where one can't start */
  async allUp(): Promise<void> {
    await Promise.all(this.instances.map(({ starting }) => starting));
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.allSettled(this.instances.map(({ starting }) => starting));
    await Promise.all(this.instances.map(async ({ process }) => process?.end('SIGKILL')));
  }

  private async start(number: number, instance: Instance): Promise<void> {
    if (this.stopped) return;
    const { build, folder, databaseUrl, stripeUrl } = this.options;
    instance.process = await startService(
      join(folder, `instance${number}`),
      {
        PORT: String(instance.port),
        DATABASE_URL: databaseUrl,
        STRIPE_API_BASE: stripeUrl,
        STRIPE_SECRET_KEY: secretKeyOf(number),
        REDIRECT_ORIGINS: 'https://example.com',
        LOG_LEVEL: 'silent',
      },
      build,
    );
  }

  private at(number: number): Instance {
    const instance = this.instances[number];
    if (!instance) throw new Error(`there is no instance ${number}`);
    return instance;
  }
}

/** A failure is told by `allUp`, and must not end the harness before it has cleaned up. */
function heardLater(starting: Promise<void>): Promise<void> {
  starting.catch(() => undefined);
  return starting;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
