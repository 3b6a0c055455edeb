#!/usr/bin/env bash
# Drives packages that build on Stripe against the sandbox. They are installed into a folder of their own, so that the
# project does not depend on them. Arguments go to vitest.
set -euo pipefail
cd "$(dirname "$0")/.."

list=libs/stripe-sandbox/test/clients
folder=.data/sandbox-clients

if ! cmp -s "$list/package-lock.json" "$folder/installed-lock.json"; then
  mkdir -p "$folder"
  cp -r "$list/package.json" "$list/package-lock.json" "$list/.npmrc" "$list/medusa-framework" "$folder/"
  # Not npm ci, which fails where the registry lacks optional packages for other operating systems.
  (cd "$folder" && npm install --no-save --silent)
  cp "$list/package-lock.json" "$folder/installed-lock.json"
fi

exec npx vitest run -c vitest.clients.config.ts "$@"
