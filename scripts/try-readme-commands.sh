#!/usr/bin/env bash
# Runs the README's start and test commands in a clean copy of the repository: try-readme-commands.sh FOLDER
set -euo pipefail
cd "$1"

command_of() { sed -n "/^\`\`\`sh $1\$/,/^\`\`\`\$/p" README.md | sed '1d;$d'; }

setsid bash -c "$(command_of start)" &
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

bash -c "$(command_of test)"
