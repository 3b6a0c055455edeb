import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { JournalError } from './journal.js';

/**
 * Keeps a folder to one sandbox of this machine, until the server that it returns is closed or the process ends.
 * It is a socket and not a file with a process id, because the system itself ends it, however the process dies.
 * @throws JournalError if another sandbox has the folder, or the folder for temporary files cannot be written
 */
export async function lockFolder(folder: string): Promise<Server> {
  const path = socketFor(folder);
  for (;;) {
    const server = createServer((connection) => connection.destroy()).unref();
    try {
      await once(server.listen(path), 'listening');
      return server;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== 'EADDRINUSE')
        throw new JournalError(`The data folder ${folder} can't be locked: ${message}`);
    }
    if (await isAnswered(path)) {
      throw new JournalError(`Another sandbox is running on ${folder}: stop it first`);
    }
    rmSync(path, { force: true });
  }
}

/** Not in the folder itself: a socket's path may have 100 characters or so. */
function socketFor(folder: string): string {
  const name = `stripe-sandbox-${createHash('sha256').update(resolve(folder)).digest('hex').slice(0, 32)}`;
  return process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
}

async function isAnswered(path: string): Promise<boolean> {
  const connection = connect(path);
  try {
    await once(connection, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    connection.destroy();
  }
}
