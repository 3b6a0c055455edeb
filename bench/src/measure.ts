import { charges, reads, type Requests, saturate, sendAtRate } from './load.js';
import type { Contender, StartedServer, Surroundings } from './contenders.js';
import { otherCoresBusyMs } from './machine.js';
import type { Options } from './options.js';

/** What one round has measured of one route at saturation. */
export interface Saturated {
  /** CPU time of the server in microseconds for each request. */
  cpuUs: number;
  perSecond: number;
  /** Shares of the time: of its core that the server had, of another one that the load had, and that all others were busy. */
  shares: { server: number; load: number; otherCores: number };
}

/** What one round has measured of one server. */
export interface Round {
  charge: Saturated;
  read: Saturated;
  /** From the start of the process to its first answer. */
  startMs: number;
  startCpuMs: number;
  /** Resident, at the end of the load. */
  memoryMb: number;
}

/** How long requests took at a rate that the server sustains. In ascending order. */
export interface Latencies {
  chargeMs: number[];
  readMs: number[];
}

/** Starts a server afresh and loads both of its routes. */
export async function measureRound(
  contender: Contender,
  surroundings: Surroundings,
  options: Options,
): Promise<Round> {
  const server = await contender.start(surroundings);
  try {
    const { tokens } = surroundings.readers;
    const { startMs, startCpuMs } = await measureStart(server, reads(tokens));
    const charge = await measureSaturated(server, charges(server.apiKey), options);
    const read = await measureSaturated(server, reads(tokens), options);
    return { charge, read, startMs, startCpuMs, memoryMb: server.memoryMb() };
  } finally {
    await server.stop();
  }
}

/** Starts a server, warms it up, and sends it few requests, of which Stripe takes its time for each. */
export async function measureLatencies(
  contender: Contender,
  surroundings: Surroundings,
  options: Options,
): Promise<Latencies> {
  const server = await contender.start(surroundings);
  try {
    const routes = [charges(server.apiKey), reads(surroundings.readers.tokens)] as const;
    const [chargeMs, readMs] = await mapInTurn(routes, async (requests) => {
      await warmUp(server, requests, options);
      return sendAtRate(server.url, requests, { perSecond: 100, seconds: Math.ceil(options.seconds) });
    });
    return { chargeMs: chargeMs ?? [], readMs: readMs ?? [] };
  } finally {
    await server.stop();
  }
}

async function measureStart(server: StartedServer, requests: Requests) {
  const listeningMs = performance.now();
  await sendAtRate(server.url, requests, { perSecond: 1, seconds: 1 });
  return { startMs: server.startMs + performance.now() - listeningMs, startCpuMs: server.cpuMs() };
}

async function measureSaturated(
  server: StartedServer,
  route: Requests,
  options: Options,
): Promise<Saturated> {
  const { connections, requests: amount } = options;
  const sample = () => {
    const { user, system } = process.cpuUsage();
    return {
      ms: performance.now(),
      serverMs: server.cpuMs(),
      loadMs: (user + system) / 1000,
      otherCoresMs: otherCoresBusyMs(),
    };
  };
  await warmUp(server, route, options);
  const { first, last } = await saturate(server.url, route, { connections, amount }, sample);
  const ms = last.ms - first.ms;
  const serverMs = last.serverMs - first.serverMs;
  const answers = amount - 1;
  return {
    cpuUs: (serverMs * 1000) / answers,
    perSecond: (answers * 1000) / ms,
    shares: {
      server: serverMs / ms,
      load: (last.loadMs - first.loadMs) / ms,
      otherCores: (last.otherCoresMs - first.otherCoresMs) / ms,
    },
  };
}

async function warmUp(
  server: StartedServer,
  route: Requests,
  { connections, warmUpRequests: amount }: Options,
): Promise<void> {
  await saturate(server.url, route, { connections, amount }, () => null);
}

async function mapInTurn<Item, Result>(
  items: readonly Item[],
  map: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const item of items) results.push(await map(item));
  return results;
}
