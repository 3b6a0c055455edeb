import { join } from 'node:path';
import { type ServiceProcess, settingsOn, startService } from '../support/service-process.js';
import { secretKeyOf } from './stripe.js';

/** The options of all instances. */
export interface FleetOptions {
  size: number;
  /** Folder of the built service. */
  programs: string;
  /** The parent of each instance's folder. */
  folder: string;
  databaseUrl: string;
  stripeUrl: string;
  /** More settings. */
  environment: Readonly<Record<string, string>>;
  /** Called if an instance cannot start. */
  onFailure: (error: unknown) => void;
}

/** One instance of the service. */
interface Instance {
  readonly number: number;
  /** Its latest URL. */
  url: string;
  process?: ServiceProcess;
  /** Resolves when it has started; rejects if it cannot. */
  starting: Promise<void>;
  kills: number;
}

/** Several instances of the service on one database. An instance that ends is started again, on another port. */
export class Fleet {
  /** The output of instances that ended without being killed. */
  readonly crashes: string[] = [];
  private readonly instances: readonly Instance[];
  private stopped = false;

  /** Begins to start the instances; `allStarted` waits for them. */
  constructor(private readonly options: FleetOptions) {
    this.instances = Array.from({ length: options.size }, (_, number) => {
      const instance: Instance = { number, url: '', starting: Promise.resolve(), kills: 0 };
      this.restart(instance);
      return instance;
    });
  }

  /** The number of kills of each instance. */
  get kills(): number[] {
    return this.instances.map(({ kills }) => kills);
  }

  /**
   * Chooses a running instance in turn, as a load balancer does; waits if none is running.
   *
   * @throws AggregateError if none can start
   */
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

  /** Kills an instance and starts it again. */
  kill(number: number): void {
    const instance = this.instances[number];
    if (!instance?.process) return;
    instance.kills += 1;
    // The signal is sent before `end` waits for anything.
    const ended = instance.process.end('SIGKILL');
    this.restart(instance, ended);
  }

  /** Resolves when all instances have started. @throws Error if one cannot start */
  async allStarted(): Promise<void> {
    await Promise.all(this.instances.map(({ starting }) => starting));
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.allSettled(this.instances.map(({ starting }) => starting));
    await Promise.all(this.instances.map(async ({ process }) => process?.end('SIGKILL')));
  }

  private restart(instance: Instance, after?: Promise<unknown>): void {
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
    const { programs, folder, databaseUrl, stripeUrl, environment } = this.options;
    return startService(
      join(folder, `instance${number}`),
      {
        ...settingsOn(databaseUrl, stripeUrl),
        STRIPE_SECRET_KEY: secretKeyOf(number),
        REDIRECT_ORIGINS: 'https://example.com',
        LOG_LEVEL: 'silent',
        ...environment,
      },
      programs,
    );
  }

  private hasEnded(instance: Instance, process: ServiceProcess): void {
    if (this.stopped || instance.process !== process) return;
    this.crashes.push(`instance ${instance.number}: ${process.output()}`);
    this.restart(instance);
  }
}
