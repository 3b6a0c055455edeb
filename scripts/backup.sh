#!/usr/bin/env bash
# Dumps the database of Paydesk to a file, or restores one into an empty database. Needs pg_dump and pg_restore of the
# server's major version or newer. docs/operations.md says what to do before and after.
set -euo pipefail

usage='usage: scripts/backup.sh dump FILE | restore FILE   for the database of DATABASE_DIRECT_URL, or else of DATABASE_URL'
[ $# = 2 ] || { echo "$usage" >&2; exit 2; }
file=$2
url=${DATABASE_DIRECT_URL:-${DATABASE_URL:?is not set}}
# Everybody on this machine can read the arguments of a program, but not its environment.
if [[ $url =~ ^([^:]+://[^:@/]*):([^@/]*)@(.*)$ ]]; then
  user=${BASH_REMATCH[1]} password=${BASH_REMATCH[2]//\\/\\\\} rest=${BASH_REMATCH[3]}
  PGPASSWORD=$(printf '%b' "${password//%/\\x}")
  export PGPASSWORD
  url=$user@$rest
fi
# Node trusts public certificate authorities. libpq trusts those of a file.
if [[ $url == *sslmode=verify-full* && $url != *sslrootcert=* ]]; then
  export PGSSLROOTCERT=${PGSSLROOTCERT:-/etc/ssl/certs/ca-certificates.crt}
fi

case $1 in
  dump)
    # It has the name of a backup once it is complete. Only its owner can read it.
    umask 077
    pg_dump --format=custom --no-owner --no-privileges --no-unlogged-table-data --file="$file.part" --dbname="$url"
    pg_restore --list "$file.part" >/dev/null
    mv "$file.part" "$file"
    ;;
  restore)
    # All or nothing. It fails if there are tables already.
    pg_restore --single-transaction --exit-on-error --no-owner --no-privileges --dbname="$url" "$file"
    vacuumdb --analyze-only --quiet --dbname="$url"
    ;;
  *)
    echo "$usage" >&2
    exit 2
    ;;
esac
