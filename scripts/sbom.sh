#!/usr/bin/env bash
# Writes the CycloneDX SBOM of the packages that run in production. `npm sbom --omit dev` leaves out packages that a
# development dependency needs too, so it runs on a copy without development dependencies.
set -euo pipefail
cd "$(dirname "$0")/.."

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp package.json package-lock.json .npmrc "$copy"
(
  cd "$copy"
  npm pkg delete devDependencies
  npm install --package-lock-only --offline --silent
  npm sbom --sbom-format cyclonedx --package-lock-only
) >sbom.cdx.json
