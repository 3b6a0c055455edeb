#!/usr/bin/env bash
# Runs the README's command to start or to test, in a clean copy of the repository: try-readme-command.sh start|test
set -euo pipefail
cd "$(dirname "$0")/.."
name=${1:?usage: try-readme-command.sh start|test}
command=$(sed -n "/^\`\`\`sh $name\$/,/^\`\`\`\$/p" README.md | sed '1d;$d')

[ "$name" = start ] || exec bash -c "$command"

setsid bash -c "$command" &
service=$!
trap 'kill -INT -- -"$service" 2>/dev/null || true' EXIT
for _ in $(seq 300); do
  if node -e "fetch('http://127.0.0.1:3000/health/ready').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"; then
    ready=yes
    break
  fi
  kill -0 "$service" || exit 1
  sleep 1
done
[ "${ready:-}" = yes ]
kill -INT -- -"$service"
wait "$service" || true
trap - EXIT
