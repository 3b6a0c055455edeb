import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, readlink, stat, utimes, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';
import { packageRoot } from '../../src/package-root.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#embedded-postgres/embedded-postgres.js';

const LONG_AGO = new Date('2020-01-01T00:00:00Z');
const runningAsRoot = process.getuid?.() === 0;

describe('startEmbeddedPostgres', () => {
  let dataDir: string;
  const log = vi.fn<(line: string) => void>();

  beforeEach(async () => {
    log.mockClear();
    const folder = await makeTemporaryFolder();
    dataDir = join(folder, 'data');
    onTestFinished(() => removeFolder(folder));
  });

  describe('on an empty folder', () => {
    it('creates a durable UTF-8 database that listens on loopback only', async () => {
      const { url } = await start();

      expect(await query(url, 'show fsync')).toEqual([{ fsync: 'on' }]);
      expect(await query(url, 'show server_encoding')).toEqual([{ server_encoding: 'UTF8' }]);
      expect(await query(url, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
      expect(await query(url, 'show unix_socket_directories')).toEqual([{ unix_socket_directories: '' }]);
    });

    it('requires the password, which only its owner can read', async () => {
      const { url } = await start();
      const { mode } = await stat(join(dataDir, 'postgres', 'password'));
      const wrong = new URL(url);
      wrong.password = 'guess';

      await expect(query(wrong.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
      expect(mode & 0o777).toBe(0o600);
    });

    it('creates one database for two processes that start at the same time', async () => {
      const [one, other] = await Promise.all([start(), start()]);

      expect(one.url).toBe(other.url);
      expect(await readdir(dataDir)).toEqual(['postgres']);
    });

    it('ignores an initdb that was killed', async () => {
      await mkdir(join(dataDir, 'postgres.initdb-abcdef', 'data'), { recursive: true });
      await writeFile(join(dataDir, 'postgres.initdb-abcdef', 'data', 'PG_VERSION'), '18\n');

      const { url } = await start();

      expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
      expect(await readdir(dataDir)).toEqual(['postgres']);
    });

    it('mentions DATABASE_URL on a platform without a build', async () => {
      vi.spyOn(process, 'arch', 'get').mockReturnValue('mips');
      onTestFinished(() => void vi.restoreAllMocks());

      await expect(start()).rejects.toThrow(/no embedded PostgreSQL for \w+-mips: set DATABASE_URL/);
      expect(await readdir(dataDir)).toEqual([]);
    });
  });

  it('keeps data from one start to the next', async () => {
    const first = await start();
    await query(first.url, 'create table kept as select 42 as answer');
    await first.stop();

    const second = await start();

    expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  describe('when another process uses it', () => {
    it('shares its server, and leaves it running', async () => {
      const owner = await start();
      const guest = await start();
      await guest.stop();

      expect(guest.url).toBe(owner.url);
      expect(await query(owner.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    });

    it('runs until the last process stops, in any order', async () => {
      const owner = await start();
      const guest = await start();
      await owner.stop();
      expect(await query(guest.url, 'select 1 as one')).toEqual([{ one: 1 }]);

      await guest.stop();

      await expect(query(guest.url, 'select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    });

    it('waits while the database takes no connections, as during a restore', async () => {
      const owner = await start();
      const pidFile = await readFile(pidFilePath(dataDir), 'utf8');
      await utimes(pidFilePath(dataDir), LONG_AGO, LONG_AGO);
      const other = new URL(owner.url);
      other.pathname = 'template1';
      await query(other.href, 'alter database postgres with allow_connections false');
      await query(
        other.href,
        "select pg_terminate_backend(pid, 60000) from pg_stat_activity where datname = 'postgres'",
      );
      const guest = start();
      const refusals = async () =>
        (await readFile(join(dataDir, 'postgres', 'server.log'), 'utf8')).split('not currently accepting');
      await expect.poll(async () => (await refusals()).length).toBeGreaterThan(2);
      await query(other.href, 'alter database postgres with allow_connections true');

      expect((await guest).url).toBe(owner.url);
      const holders = "select count(*)::int from pg_locks where locktype = 'advisory'";
      await expect.poll(() => query(owner.url, holders)).toEqual([{ count: 2 }]);
      expect(await readFile(pidFilePath(dataDir), 'utf8')).toBe(pidFile);
    });
  });

  describe('after a crash', () => {
    it('uses the server of a killed process, and stops it at the end', async () => {
      const killed = await startAndKill(dataDir);
      await query(killed.url, 'create table kept as select 42 as answer');

      const adopted = await start();
      expect(adopted.url).toBe(killed.url);
      expect(await query(adopted.url, 'select answer from kept')).toEqual([{ answer: 42 }]);

      await adopted.stop();
      await expect(query(killed.url, 'select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    });

    it('starts a new server if the server was killed with its process', async () => {
      const killed = await startAndKill(dataDir);
      await query(killed.url, 'create table kept as select 42 as answer');
      process.kill(await serverPid(dataDir), 'SIGKILL');

      const { url } = await start();

      expect(await query(url, 'select answer from kept')).toEqual([{ answer: 42 }]);
    });

    it('restarts a killed server on the same port while the process runs', async () => {
      const { url } = await start();
      await query(url, 'create table kept as select 42 as answer');
      process.kill(await serverPid(dataDir), 'SIGKILL');

      await expect.poll(() => query(url, 'select answer from kept')).toEqual([{ answer: 42 }]);
      expect(log).toHaveBeenCalledWith('PostgreSQL stopped unexpectedly: restarting it');
    });

    it('removes a pid file whose process is not PostgreSQL, if another program on its port never answers', async () => {
      await (await start()).stop();
      const silent = createServer().listen(0, '127.0.0.1');
      onTestFinished(() => void silent.close());
      await once(silent, 'listening');
      const { port } = silent.address() as AddressInfo;
      await writeFile(
        pidFilePath(dataDir),
        `${process.ppid}\n/elsewhere\n1577836800\n${port}\n\n127.0.0.1\n`,
      );
      await utimes(pidFilePath(dataDir), LONG_AGO, LONG_AGO);

      const { url } = await start();

      expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
    });

    it.each([
      ['names a process that is not PostgreSQL', `${process.ppid}\n/elsewhere\n1577836800\n1\n\n127.0.0.1\n`],
      ['was cut short by a power loss', ''],
    ])('removes a pid file that %s', async (_, pidFile) => {
      await (await start()).stop();
      await writeFile(pidFilePath(dataDir), pidFile);
      await utimes(pidFilePath(dataDir), LONG_AGO, LONG_AGO);

      const { url } = await start();

      expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
    });
  });

  it.runIf(runningAsRoot)('keeps the data elsewhere when its account may not enter the folder', async () => {
    const closedFolder = await mkdtemp(join(tmpdir(), 'paydesk-closed-'));
    onTestFinished(() => removeFolder(closedFolder));
    dataDir = join(closedFolder, 'data');
    onTestFinished(async () => removeFolder(await readlink(join(dataDir, 'postgres'))));

    const { url } = await start();
    const home = await readlink(join(dataDir, 'postgres'));

    expect(await query(url, 'show data_directory')).toEqual([{ data_directory: join(home, 'data') }]);
    expect((await stat(closedFolder)).mode & 0o777).toBe(0o700);
    expect(log).toHaveBeenCalledWith(expect.stringContaining(home));
  });

  async function start(): Promise<EmbeddedPostgres> {
    const postgres = await startEmbeddedPostgres({ dataDir, log });
    onTestFinished(() => postgres.stop());
    return postgres;
  }
});

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

/** Has another process start it, and kills that process. */
async function startAndKill(dataDir: string): Promise<{ url: string }> {
  const holder = spawn(process.execPath, ['test/support/hold-embedded-postgres.mjs', dataDir], {
    cwd: packageRoot,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [url] = (await once(createInterface(holder.stdout), 'line')) as [string];
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  return { url };
}

async function serverPid(dataDir: string): Promise<number> {
  return Number((await readFile(pidFilePath(dataDir), 'utf8')).split('\n')[0]);
}

function pidFilePath(dataDir: string): string {
  return join(dataDir, 'postgres', 'data', 'postmaster.pid');
}
