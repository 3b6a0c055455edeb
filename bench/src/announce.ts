import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Tells the benchmark where a server listens. `start-process.ts` reads this line. */
export function announce(server: Pick<Server, 'address'>): void {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`listens on http://127.0.0.1:${port}\n`);
}
