import { execFileSync } from 'node:child_process';

/** Builds the service once, for the tests that start it as people do. */
export function setup(): void {
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
}
