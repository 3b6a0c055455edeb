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
  /** Is told of an instance that can't start. */
  onFailure: (error: unknown) => void;
}

/** One instance of the service, up or not. */
interface Instance {
  readonly number: number;
  /** Where it was reached last. */
  url: string;
  process?: ServiceProcess;
  /** Its coming up, or why it can't. */
  starting: Promise<void>;
  kills: number;
}

/** Several instances of the service on one database; who dies comes up again, at another port. */
export class Fleet {
  /** What those wrote that ended without being killed. */
  readonly crashes: string[] = [];
  private readonly instances: readonly Instance[];
  private stopped = false;

  /** They are on their way up. */
  constructor(private readonly options: FleetOptions) {
    this.instances = Array.from({ length: options.size }, (_, number) => {
      const instance: Instance = { number, url: '', starting: Promise.resolve(), kills: 0 };
      this.bringUp(instance);
      return instance;
    });
  }

  /** How often each was killed. */
  get kills(): number[] {
    return this.instances.map(({ kills }) => kills);
  }

  /** One that is up, in turn, as a load balancer would choose; waits where none is. @throws where none can start */
  async next(turn: number): Promise<{ number: number; url: string }> {
    const { instances } = this;
    for (;;) {
      const inTurn = instances.map((_, index) => instances[(turn + index) % instances.length]!);
      const up = inTurn.find(({ process }) => process);
      if (up) return up;
      await Promise.any(instances.map(({ starting }) => starting));
    }
  }

  isUp(number: number): boolean {
    return this.instances[number]?.process !== undefined;
  }

  /** Kills one at once, and has it come up again. */
  kill(number: number): void {
    const instance = this.instances[number];
    if (!instance?.process) return;
    instance.kills += 1;
    // The signal is sent before `end` waits for anything.
    const ended = instance.process.end('SIGKILL');
    this.bringUp(instance, ended);
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

  private bringUp(instance: Instance, after?: Promise<unknown>): void {
    delete instance.process;
    instance.starting = this.start(instance, after);
    instance.starting.catch((error: unknown) => this.options.onFailure(error));
  }

  private async start(instance: Instance, after?: Promise<unknown>): Promise<void> {
    await after;
    if (this.stopped) throw new Error('the fleet is stopped');
    const process = await this.startService(instance.number);
    instance.process = process;
    instance.url = process.url;
    void process.exited.then(() => this.hasEnded(instance, process));
  }

  private startService(number: number): Promise<ServiceProcess> {
    const { build, folder, databaseUrl, stripeUrl } = this.options;
    return startService(
      join(folder, `instance${number}`),
      {
        DATABASE_URL: databaseUrl,
        STRIPE_API_BASE: stripeUrl,
        STRIPE_SECRET_KEY: secretKeyOf(number),
        REDIRECT_ORIGINS: 'https://example.com',
        LOG_LEVEL: 'silent',
      },
      build,
    );
  }

  private hasEnded(instance: Instance, process: ServiceProcess): void {
    if (this.stopped || instance.process !== process) return;
    this.crashes.push(`instance ${instance.number}: ${process.output()}`);
    this.bringUp(instance);
  }
}
