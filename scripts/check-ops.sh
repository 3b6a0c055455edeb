#!/usr/bin/env bash
# Checks the alerts, their runbook, the metrics of a running service, the manifests, and the image without a container
# engine. Needs promtool (Debian: prometheus), kubectl (Debian: kubernetes-client), curl and root.
set -euo pipefail
cd "$(dirname "$0")/.."

promtool check rules ops/prometheus/paydesk.rules.yml
promtool test rules ops/prometheus/paydesk.rules.test.yml

for alert in $(sed -n 's/^ *- alert: //p' ops/prometheus/paydesk.rules.yml); do
  grep -qx "### $alert" docs/operations.md || { echo "docs/operations.md has no paragraph about $alert"; exit 1; }
  grep -A1 "^ *alertname: $alert\$" ops/prometheus/paydesk.rules.test.yml | grep -q exp_alerts ||
    { echo "no test makes $alert fire"; exit 1; }
  grep -q "{ eval_time: .*, alertname: $alert }" ops/prometheus/paydesk.rules.test.yml ||
    { echo "no test keeps $alert from firing"; exit 1; }
done

promtool check config --syntax-only ops/prometheus/prometheus.yml
npx dockerfile-utils lint Dockerfile
node scripts/check-manifests.js
node scripts/image/try.js

work=$(mktemp -d)
: >"$work/log"
trap 'kill "$service" 2>/dev/null || true; wait "$service" 2>/dev/null || true; rm -rf "$work"' EXIT
PORT=0 SANDBOX_PORT=0 METRICS_PORT=0 DATA_DIR="$work" node dist/bundle/main.js >"$work/log" &
service=$!
url=''
while [ -z "$url" ]; do
  kill -0 "$service"
  sleep 0.1
  url=$(sed -n 's/^  metrics *\(http\S*\).*/\1/p' "$work/log")
done
curl -sS --fail "$url" >"$work/metrics"
promtool check metrics <"$work/metrics"

# Each metric of ours, and of Node's, in the rules and in the dashboard exists.
for name in $(grep -ohE '\b(paydesk|nodejs)_[a-z0-9_]+' ops/prometheus/paydesk.rules.yml ops/grafana/paydesk.json | sort -u); do
  grep -qE "^# TYPE ${name%_count}(_bucket)? |^# TYPE ${name%_bucket} " "$work/metrics" ||
    { echo "there is no metric $name"; exit 1; }
done
