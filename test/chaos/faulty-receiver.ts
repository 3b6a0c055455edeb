import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import type { SeededRandom } from '#sandbox/faults/random.js';
import type { Notification } from './notification.js';

/** How often each fault is chosen; together half of the time. To hang is rare, because it takes 15 seconds. */
const FAULT_SHARES = { hang: 0.02, slow: 0.12, error: 0.18, reset: 0.18 } as const;
type Fault = keyof typeof FAULT_SHARES;
const SLOW_MS = 700;

/** A request that a receiver has got. */
export interface Receipt {
  text: string;
  notification: Notification;
  /** Whether its signature was valid when it arrived, and its id is that of the notification. */
  isGenuine: boolean;
  /** Whether a 204 was sent completely. */
  isAnswered: boolean;
  /** The sequences of this subject that had been answered by then. */
  answeredBefore: ReadonlySet<number>;
}

/** A receiver of notifications that fails half of the time. */
export class FaultyReceiver {
  readonly receipts: Receipt[] = [];
  isFaulty = true;
  url = '';
  /** Of the endpoint, whose creation returns it. */
  secret = '';
  private readonly answered = new Map<string, Set<number>>();
  private readonly server = createServer((request, response) => void this.receive(request, response));

  /** @param killIfPlanned kills an instance at planned moments of a delivery */
  constructor(
    private readonly random: SeededRandom,
    private readonly killIfPlanned: (
      moment: 'as a notification arrives' | 'after a notification was answered',
    ) => void,
  ) {}

  async start(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await textOf(request).catch(() => undefined);
    // The instance was killed while it sent.
    if (text === undefined) return;
    const notification = JSON.parse(text) as Notification;
    const answered = this.answeredOf(notification.subject);
    const isGenuine = this.isGenuine(text, request.headers as Record<string, string>, notification);
    const receipt = { text, notification, isGenuine, isAnswered: false, answeredBefore: new Set(answered) };
    this.receipts.push(receipt);
    this.killIfPlanned('as a notification arrives');
    const succeed = () => {
      receipt.isAnswered = true;
      answered.add(notification.sequence);
      response.writeHead(204).end(() => this.killIfPlanned('after a notification was answered'));
    };
    switch (this.drawFault()) {
      case 'hang':
        return;
      case 'reset':
        return void request.socket.destroy();
      case 'error':
        return void response.writeHead(500).end('broken');
      case 'slow':
        return void setTimeout(succeed, SLOW_MS);
      default:
        return succeed();
    }
  }

  /** https://www.standardwebhooks.com. Signatures expire, so they are verified at once. */
  private isGenuine(text: string, headers: Record<string, string>, { id }: Notification): boolean {
    try {
      new Webhook(this.secret).verify(text, headers);
      return headers['webhook-id'] === id;
    } catch {
      return false;
    }
  }

  private drawFault(): Fault | undefined {
    if (!this.isFaulty) return undefined;
    let drawn = this.random.next();
    for (const [fault, share] of Object.entries(FAULT_SHARES)) {
      if (drawn < share) return fault as Fault;
      drawn -= share;
    }
    return undefined;
  }

  private answeredOf(subject: string): Set<number> {
    const known = this.answered.get(subject) ?? new Set();
    this.answered.set(subject, known);
    return known;
  }
}
