import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describeMachine } from './machine.js';
import type { Latencies, Round } from './measure.js';
import { median, quantile } from './quantile.js';
import type { Options } from './options.js';
import { CAN_PIN } from './start-process.js';

/** What a run has measured of one contender. */
export interface Measured {
  title: string;
  /** What the ratios of the others are relative to. */
  isReference: boolean;
  rounds: Round[];
  /** Of each round; empty if they are not measured. */
  latencies: Latencies[];
}

type Row = readonly string[];

/** The tables of a run as Markdown. Ratios compare servers of the same run only. */
export function tablesOf(measured: readonly Measured[], stripeDelayMs: number): string {
  const reference = measured.find(({ isReference }) => isReference);
  const timed = measured.filter(({ latencies }) => latencies.length > 0);
  return [
    table(
      [
        '',
        'POST charge, us of CPU',
        'throughput',
        'a second',
        'GET history (10 charges), us of CPU',
        'throughput',
        'a second',
      ],
      measured.map((row) => saturatedRow(row, reference)),
    ),
    ...(CAN_PIN
      ? [
          'Shares of the time: of its core that the server had, of another core that the load had, and for which the other ' +
            'cores were busy. Throughput is limited by the server only where it had nearly all of its core:',
          table(
            ['', 'POST charge: server', 'load', 'other cores', 'GET history: server', 'load', 'other cores'],
            measured.map(sharesRow),
          ),
        ]
      : []),
    ...(timed.length > 0
      ? [
          `Milliseconds that are added to a Stripe that answers after ${stripeDelayMs} ms, at 100 requests a second that arrive at ` +
            'random times:',
          table(
            ['', 'charge, median', 'charge, p99', 'read, median', 'read, p99'],
            timed.map((row) => latencyRow(row, stripeDelayMs)),
          ),
        ]
      : []),
    'From the start of the process to the first answer, with a migrated database, and after the load:',
    table(['', 'start, ms', 'its CPU, ms', 'memory, MB'], measured.map(startRow)),
  ].join('\n\n');
}

/**
 * Where and with what a run was made.
 *
 * @param postgres which one it is
 */
export function surroundingsOf(
  { rounds, requests, warmUpRequests, connections }: Options,
  postgres: string,
): string {
  const { dependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const versions = ['express', 'stripe', 'undici', '@nestjs/core', 'autocannon'].map(
    (name) => `${name} ${dependencies[name]}`,
  );
  return [
    `- ${new Date().toISOString().slice(0, 10)}, commit ${commit()}`,
    `- ${describeMachine()} at the end`,
    `- Node ${process.version}, ${postgres}, ${versions.join(', ')}`,
    `- medians of ${rounds} rounds of ${requests} requests on ${connections} connections, after ${warmUpRequests} others`,
    `- the server ${CAN_PIN ? 'alone on one core' : 'not pinned to a core'}; load, stub and PostgreSQL on the others`,
  ].join('\n');
}

function saturatedRow({ title, rounds }: Measured, reference: Measured | undefined): Row {
  const cells = (['charge', 'read'] as const).flatMap((route) => {
    const perSecond = median(rounds.map((round) => round[route].perSecond));
    const referencePerSecond = reference && median(reference.rounds.map((round) => round[route].perSecond));
    return [
      median(rounds.map((round) => round[route].cpuUs)).toFixed(0),
      referencePerSecond === undefined ? '' : `${(perSecond / referencePerSecond).toFixed(2)}x`,
      perSecond.toFixed(0),
    ];
  });
  return [title, ...cells];
}

function sharesRow({ title, rounds }: Measured): Row {
  const cells = (['charge', 'read'] as const).flatMap((route) =>
    (['server', 'load', 'otherCores'] as const).map((part) => {
      return `${(100 * median(rounds.map((round) => round[route].shares[part]))).toFixed(0)}%`;
    }),
  );
  return [title, ...cells];
}

function latencyRow({ title, latencies }: Measured, stripeDelayMs: number): Row {
  const cells = (['chargeMs', 'readMs'] as const).flatMap((route) =>
    [0.5, 0.99].map((share) => {
      const ofRounds = latencies.map((round) => quantile(round[route], share));
      return (median(ofRounds) - stripeDelayMs).toFixed(1);
    }),
  );
  return [title, ...cells];
}

function startRow({ title, rounds }: Measured): Row {
  return [
    title,
    median(rounds.map(({ startMs }) => startMs)).toFixed(0),
    median(rounds.map(({ startCpuMs }) => startCpuMs)).toFixed(0),
    median(rounds.map(({ memoryMb }) => memoryMb)).toFixed(0),
  ];
}

function table(head: Row, rows: readonly Row[]): string {
  const line = (cells: Row) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function commit(): string {
  return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
}
