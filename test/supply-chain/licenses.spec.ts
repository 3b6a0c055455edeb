import { expect, it } from 'vitest';
import { licensesAsMarkdown } from '../../scripts/licenses.js';

const lock = (license?: string, dev = false) => ({
  packages: {
    '': { version: '1.0.0' },
    'node_modules/a/node_modules/@b/c': { version: '2.0.0', ...(license && { license }), dev },
  },
});

it('lists each package under its license', () => {
  expect(licensesAsMarkdown(lock('MIT'))).toContain('## MIT\n\n- @b/c 2.0.0\n');
});

it.each(['GPL-3.0-only', 'SEE LICENSE IN LICENSE', undefined])('refuses the license %s', (license) => {
  expect(() => licensesAsMarkdown(lock(license))).toThrow('@b/c 2.0.0');
});

it('ignores packages that only development needs', () => {
  expect(licensesAsMarkdown(lock('GPL-3.0-only', true))).not.toContain('@b/c');
});
