import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { realpathSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JournalError } from './journal.js';

/**
 * Locks an existing folder for one sandbox on this machine, through any path or link to it, until the returned server
 * is closed or the process ends. The lock is a socket rather than a file with a process id, because the system closes
 * it however the process ends.
 * @throws JournalError if another sandbox has the folder, or the folder for temporary files can't be written
 */
export async function lockFolder(folder: string): Promise<Server> {
  const address = addressFor(realpathSync(folder));
  for (;;) {
    const server = createServer((connection) => connection.destroy()).unref();
    try {
      await once(server.listen(address), 'listening');
      return server;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== 'EADDRINUSE')
        throw new JournalError(`The data folder ${folder} can't be locked: ${message}`);
    }
    if (IS_GONE_WITH_ITS_PROCESS || (await isAnswered(address))) {
      throw new JournalError(`Another sandbox is running on ${folder}: stop it first`);
    }
    rmSync(address, { force: true });
  }
}

/** On other systems the socket is a file that a killed process leaves behind; connecting shows whether it is in use. */
const IS_GONE_WITH_ITS_PROCESS = process.platform === 'linux' || process.platform === 'win32';

/** An abstract socket on Linux, a pipe on Windows, else a file in the temporary folder: socket paths are limited to about 100 characters. */
function addressFor(folder: string): string {
  const name = `stripe-sandbox-${createHash('sha256').update(folder).digest('hex').slice(0, 32)}`;
  if (process.platform === 'linux') return `\0${name}`;
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
