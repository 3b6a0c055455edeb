import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Makes the root read-only, as a container's with `readOnlyRootFilesystem`, and enters it. */
const ENTER = `
  mount --bind "$1" "$1" && mount --bind /proc "$1/proc" && mount --bind /dev "$1/dev" &&
  mount -o remount,bind,ro "$1" && cd "$1" && root=$1 user=$2 && shift 2 &&
  exec chroot --userspec="$user" "$root" "$@"`;

/** Adds this machine's Node, and the libraries that it needs, to a file tree. */
export function addNode(root) {
  const node = realpathSync(process.execPath);
  const libraries = execFileSync('ldd', [node], { encoding: 'utf8' }).match(/\/\S+(?= \(0x)/g) ?? [];
  for (const library of libraries) {
    mkdirSync(join(root, dirname(library)), { recursive: true });
    cpSync(realpathSync(library), join(root, library));
  }
  mkdirSync(join(root, 'usr/local/bin'), { recursive: true });
  cpSync(node, join(root, 'usr/local/bin/node'));
  for (const folder of ['proc', 'dev']) mkdirSync(join(root, folder), { recursive: true });
}

/**
 * Starts a command in a file tree of which it can change nothing, with its user and nothing of this machine but the
 * network. Needs root.
 *
 * @param {string} root
 * @param {{ user: string, workdir: string, environment: Record<string, string> }} config
 * @param {string[]} command
 */
export function spawnInJail(root, { user, workdir, environment }, [program, ...args]) {
  // chroot starts in the root folder.
  const paths = args.map((arg) => (existsSync(join(root, workdir, arg)) ? join(workdir, arg) : arg));
  const enter = ['--mount', '--propagation', 'private', 'sh', '-c', ENTER, 'sh', root, user];
  return spawn('unshare', [...enter, `/usr/local/bin/${program}`, ...paths], {
    env: { PATH: process.env.PATH ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
