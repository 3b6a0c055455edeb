import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Requests } from './load.js';

/** What happened during some time. */
export interface Answered {
  /** How many requests got each status. */
  counts: Record<number, number>;
  /** How long those with each status took. In ascending order. */
  latenciesMs: Record<number, number[]>;
  /** Requests that were answered too late, or that found no free connection. */
  lost: number;
}

const STEP_MS = 5;
/** Callers give up after so long. */
const ANSWER_MS = 10_000;
const STATUS_AT = 'HTTP/1.1 '.length;

/**
 * Sends requests over plain sockets: a client library would take more time for a request than the server does. Each answer
 * must come in one piece, as those of the benchmark do.
 */
export class SocketLoad {
  private readonly free: Socket[] = [];
  private readonly sentMs = new Map<Socket, number>();
  private latenciesMs: Record<number, number[]> = {};
  private lost = 0;
  private onAnswer: (() => void) | undefined;
  private timer: NodeJS.Timeout | undefined;

  private constructor(
    private readonly host: string,
    private readonly requests: Requests,
  ) {}

  /** Opens the connections beforehand, as callers keep them open. */
  static async open(url: string, requests: Requests, connections: number): Promise<SocketLoad> {
    const { host, hostname, port } = new URL(url);
    const load = new SocketLoad(host, requests);
    for (let i = 0; i < connections; i += 1) {
      const socket = connect(Number(port), hostname);
      socket.setNoDelay(true);
      socket.on('data', (answer: Buffer) => load.receive(socket, answer));
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      load.free.push(socket);
    }
    return load;
  }

  /** Sends requests at a rate, whether or not earlier ones are answered, until it is stopped. */
  sendAtRate(perSecond: number): void {
    const startMs = performance.now();
    let sent = 0;
    this.timer = setInterval(() => {
      const due = (perSecond * (performance.now() - startMs)) / 1000;
      for (; sent < due; sent += 1) this.send();
    }, STEP_MS);
  }

  /** Sends the next request on each of some connections as soon as the last one is answered, until it is stopped. */
  saturate(connections: number): void {
    this.onAnswer = () => this.send();
    for (let i = 0; i < connections; i += 1) this.send();
  }

  /** Counts what is answered from now on. */
  async count(seconds: number): Promise<Answered> {
    this.forget();
    await delay(seconds * 1000);
    const { latenciesMs, lost } = this;
    this.forget();
    const counts: Record<number, number> = {};
    for (const [status, all] of Object.entries(latenciesMs)) {
      counts[Number(status)] = all.sort((a, b) => a - b).length;
    }
    return { counts, latenciesMs, lost };
  }

  /** Sends nothing more, and waits until all is answered. @throws {Error} if something is not */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.onAnswer = undefined;
    const endMs = performance.now() + ANSWER_MS;
    while (this.sentMs.size > 0 && performance.now() < endMs) await delay(STEP_MS);
    if (this.sentMs.size > 0) throw new Error(`${this.sentMs.size} requests were not answered`);
  }

  close(): void {
    for (const socket of [...this.free, ...this.sentMs.keys()]) socket.destroy();
  }

  private send(): void {
    const socket = this.free.pop();
    if (!socket) {
      this.lost += 1;
      return;
    }
    const { path, headers, body = '' } = this.requests.next();
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const head = `${this.requests.method} ${path} HTTP/1.1\r\nHost: ${this.host}\r\n${lines.join('')}`;
    this.sentMs.set(socket, performance.now());
    socket.write(`${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  private receive(socket: Socket, answer: Buffer): void {
    const sentMs = this.sentMs.get(socket);
    if (sentMs === undefined) return;
    this.sentMs.delete(socket);
    const status = Number(answer.toString('latin1', STATUS_AT, STATUS_AT + 3));
    const latencyMs = performance.now() - sentMs;
    if (latencyMs > ANSWER_MS) this.lost += 1;
    else (this.latenciesMs[status] ??= []).push(latencyMs);
    this.free.push(socket);
    this.onAnswer?.();
  }
  private forget(): void {
    this.latenciesMs = {};
    this.lost = 0;
  }
}
