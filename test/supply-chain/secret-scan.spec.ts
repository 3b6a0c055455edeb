import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';

const random = 'b7Kq2ZxV9mNf4RtY8wLcHs3D6gJpA1eUoQiT5'; // 37 characters, of no service

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** Real formats. Joined here, so that the scan of this file finds nothing. */
const SECRETS = {
  'a live key of Stripe': `sk_live_${random}`,
  'a restricted test key of Stripe': `rk_test_${random}`,
  'a signing secret of Stripe': `whsec_${random}`,
  'a key of a service': `pdk_service_${random}${random.slice(0, 6)}`,
  'the URL of a database': `postgresql://paydesk:${random}@db.internal/paydesk`,
  'a private key': JSON.stringify(privateKey.export({ type: 'pkcs8', format: 'pem' })),
};

const EXAMPLES = ['sk_test_paydesk', 'postgresql://u:hunter2@127.0.0.1:9/none', 'whsec_example'];

/** The line numbers of the secrets that the scan finds in a text. */
function linesWithSecrets(text: string): Promise<number[]> {
  return new Promise((resolve) => {
    const args = ['secretlint', '--format=json', '--stdinFileName=src/example.ts'];
    const child = execFile('npx', args, (_error, stdout) => {
      const [{ messages }] = JSON.parse(stdout) as [{ messages: { loc: { start: { line: number } } }[] }];
      resolve(messages.map(({ loc }) => loc.start.line));
    });
    child.stdin?.end(text);
  });
}

it('npm run secrets:check finds secrets of each kind, and allows obvious examples', async () => {
  const lines = [...EXAMPLES, ...Object.values(SECRETS)];
  const found = await linesWithSecrets(lines.map((line) => `const value = '${line}';\n`).join(''));
  const kinds = [...EXAMPLES, ...Object.keys(SECRETS)];
  expect(new Set(found.map((line) => kinds[line - 1]))).toEqual(new Set(Object.keys(SECRETS)));
});
