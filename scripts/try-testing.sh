#!/usr/bin/env bash
# Installs what `npm pack` makes of the built Paydesk into another folder. There it compiles the README's example of
# paydesk/testing, and runs a caller's test with it.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm pack --silent --pack-destination "$work" >/dev/null

mkdir "$work/app"
cd "$work/app"
cp "$root/.npmrc" .
echo '{ "type": "module" }' >package.json
npm install --silent --prefer-offline --no-audit "$work"/paydesk-*.tgz
sed -n "/^import { startPaydesk } from 'paydesk\/testing';\$/,/^\`\`\`\$/p" "$root/README.md" | sed '$d' >example.ts
"$root/node_modules/.bin/tsc" --ignoreConfig --noEmit --strict --target es2022 --module nodenext example.ts

cp "$root/test/boot/caller-of-testing.mjs" .
node caller-of-testing.mjs | tee "$work/output"
grep -qx '{"before":"PENDING","after":"ACCEPTED","user":200,"days":1}' "$work/output"
