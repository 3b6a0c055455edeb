#!/usr/bin/env bash
# npm run bench: builds the service and the benchmark, whose packages are never shipped, and runs it.
set -euo pipefail
cd "$(dirname "$0")/.."

npm run --silent build
[ bench/node_modules/.package-lock.json -nt bench/package-lock.json ] || npm ci --prefix bench
npx tsc -p bench/tsconfig.json
exec node "bench/dist/${BENCH:-main}.js" "$@"
