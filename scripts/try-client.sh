#!/usr/bin/env bash
# Builds and tests packages/client, installs what `npm pack` makes of it into another folder, and there compiles the
# example of its README and runs it against the built service.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD

work=$(mktemp -d)
: >"$work/log"
trap 'kill "${service:-}" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"' EXIT
PORT=0 SANDBOX_PORT=0 DRAIN_MS=0 DATA_DIR="$work/data" node dist/bundle/main.js >"$work/log" &
service=$!

cd packages/client
npm ci --silent --prefer-offline --no-audit
npm run --silent build
node --test test
npm pack --silent --pack-destination "$work" >/dev/null

mkdir "$work/app"
cd "$work/app"
cp "$root/.npmrc" .
echo '{ "type": "module" }' >package.json
npm install --silent --prefer-offline --no-audit "$work"/paydesk-client-*.tgz
sed -n '/^```ts$/,/^```$/p' "$root/packages/client/README.md" | sed '1d;$d' >example.ts
options='--strict --target es2022 --lib es2022,dom --module nodenext --skipLibCheck --types node'
"$root/packages/client/node_modules/.bin/tsc" $options --typeRoots "$root/packages/client/node_modules/@types" example.ts

url=''
while [ -z "$url" ]; do
  kill -0 "$service"
  sleep 0.1
  url=$(sed -n 's/^Paydesk listens on //p' "$work/log")
done
key=$(cd "$root" && DATA_DIR="$work/data" node dist/bundle/token.js service shop)
PAYDESK_URL=$url PAYDESK_KEY=$key node example.js | tee "$work/output"
grep -q '^nothing is paid yet$' "$work/output"
