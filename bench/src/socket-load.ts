import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Requests } from './load.js';

/** What became of the requests that were sent at a rate. */
export interface Sent {
  /** How many got each status. */
  counts: Record<number, number>;
  /** How long those with each status took. In ascending order. */
  latenciesMs: Record<number, number[]>;
  /** Requests that were not answered in time, or that found no free connection. */
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

  /** Sends requests at a rate, whether or not earlier ones are answered. */
  async sendAtRate({ perSecond, seconds }: { perSecond: number; seconds: number }): Promise<Sent> {
    const startMs = performance.now();
    for (let due = 0; due < perSecond * seconds;) {
      const target = Math.min((perSecond * (performance.now() - startMs)) / 1000, perSecond * seconds);
      for (; due < target; due += 1) this.send();
      await delay(STEP_MS);
    }
    return this.result();
  }

  /** Sends the next request on each of some connections as soon as the last one is answered. */
  async saturate({ connections, seconds }: { connections: number; seconds: number }): Promise<Sent> {
    this.onAnswer = () => this.send();
    for (let i = 0; i < connections; i += 1) this.send();
    await delay(seconds * 1000);
    this.onAnswer = undefined;
    return this.result();
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

  /** Waits for the answers to what was sent. */
  private async result(): Promise<Sent> {
    const endMs = performance.now() + ANSWER_MS;
    while (this.sentMs.size > 0 && performance.now() < endMs) await delay(STEP_MS);
    const sorted = Object.entries(this.latenciesMs).map(
      ([status, all]) => [status, all.sort((a, b) => a - b)] as const,
    );
    const latenciesMs = Object.fromEntries(sorted) as Record<number, number[]>;
    const counts = Object.fromEntries(sorted.map(([status, all]) => [status, all.length]));
    const lost = this.lost + this.sentMs.size;
    this.latenciesMs = {};
    this.lost = 0;
    return { counts, latenciesMs, lost };
  }
}
