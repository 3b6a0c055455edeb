import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Settings } from '../../src/config/settings.js';

const OPTIONAL_SETTINGS = ['STRIPE_SECRET_KEY', 'STRIPE_API_BASE', 'DATABASE_URL', 'JWKS_URL', 'DOCS'];
const scripts = (JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: object }).scripts;

describe('SECURITY.md', () => {
  const text = readFileSync('SECURITY.md', 'utf8');
  const [, section = ''] = /^## What Paydesk promises$([^]*?)^## /m.exec(text) ?? [];
  const promises = section.split(/^- /m).slice(1);

  it('lists promises', () => expect(promises.length).toBeGreaterThan(10));

  it.each(promises)('names tests that exist: %s', (promise) => {
    const names = [...promise.matchAll(/`((?:src|libs|test)\/[^`]+|npm run [^`]+)`/g)].map(
      ([, name = '']) => name,
    );
    expect(names).not.toEqual([]);
    expect(names.filter((name) => !exists(name))).toEqual([]);
  });
});

describe('README.md', () => {
  it.each([...Object.keys(new Settings()), ...OPTIONAL_SETTINGS])('explains %s', (setting) => {
    expect(readFileSync('README.md', 'utf8')).toContain(`\`${setting}\``);
  });
});

/** A file, or a command of package.json. */
function exists(name: string): boolean {
  const [, script] = /^npm run (\S+)$/.exec(name) ?? [];
  return script ? Object.hasOwn(scripts, script) : existsSync(name);
}
