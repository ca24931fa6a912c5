# shellcheck shell=bash
# Shared by every script in dev/: where things are, how steps are reported. Sourced, never run.
#
# Everything heavy lives in one cache folder outside the checkout. It is shared by all checkouts on the machine; what must
# not be shared (the link to the add-on, Odoo's configuration, the names of automatic databases) carries the checkout's key.
set -euo pipefail

CHECKOUT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/account_collections
KEY=$(printf '%s' "$CHECKOUT" | sha256sum | cut -c1-8)
HERE=$CACHE/checkouts/$KEY            # this checkout's own corner of the cache
LOGS=$HERE/logs

ADDON=account_collections
ADDONS=$HERE/addons                   # holds one link, $ADDON -> the checkout
ODOO_CONF=$HERE/odoo.conf
DATA_DIR=$CACHE/data                  # file stores, one folder a database

[ -z "${ODOO_SRC:-}" ] || ODOO_SRC=$(realpath "$ODOO_SRC")
ODOO_ROOT=${ODOO_SRC:-$CACHE/odoo/usr/lib/python3/dist-packages}
VENV=$CACHE/venv-$(cat "$CHECKOUT"/dev/odoo-requirements.txt "$CHECKOUT"/dev/test-requirements.txt | sha256sum | cut -c1-8)
LINT_VENV=$CACHE/venv-lint-$(sha256sum <"$CHECKOUT/dev/lint-requirements.txt" | cut -c1-8)
NODE_DIR=$CACHE/node-$(sha256sum <"$CHECKOUT/dev/package-lock.json" | cut -c1-8)

PG_DIR=$CACHE/postgres                # data, log and socket of the private cluster
PG_ROLE=odoo                          # the role everything connects with; owns every database
PG_SOCKET=$PG_DIR/run
# A socket's path must fit in 107 bytes.
[ ${#PG_SOCKET} -le 85 ] || PG_SOCKET=/tmp/$ADDON-$(printf '%s' "$PG_DIR" | sha256sum | cut -c1-8)

export PGHOST=$PG_SOCKET PGPORT=5432 PGUSER=$PG_ROLE
unset PGDATABASE PGPASSWORD PGSERVICE PGOPTIONS
export PATH=$VENV/bin:$PATH
export PYTHONPATH=$ODOO_ROOT
export PYTHONDONTWRITEBYTECODE=${PYTHONDONTWRITEBYTECODE-}
export DEBIAN_FRONTEND=noninteractive

# ------------------------------------------------------------------ reporting
# Progress goes to standard error: standard output belongs to the command that was asked for.

say() { printf '%s\n' "$*" >&2; }
fail() { printf '\n%s\n' "$*" >&2; exit 1; }

# step TITLE LOG COMMAND…: runs the command quietly, its output in $LOGS/LOG.log; names the step and shows the end of the log if it fails.
step() {
    local title=$1 log=$LOGS/$2.log started=$SECONDS
    shift 2
    mkdir -p "$LOGS"
    printf '  %s … ' "$title" >&2
    # In the background, since bash ignores `set -e` inside the condition of an `if`.
    (set -e; "$@") </dev/null >"$log" 2>&1 &
    if wait $!; then
        printf 'done (%ss)\n' "$((SECONDS - started))" >&2
    else
        printf 'FAILED\n\n' >&2
        tail -n 25 "$log" >&2
        fail "This step failed: $title. Its whole log: $log"
    fi
}

# ------------------------------------------------------------------ databases

db_exists() { [ "$(psql -XAtqd postgres -c "SELECT 1 FROM pg_database WHERE datname = '$1'" </dev/null)" = 1 ]; }

# drop_db NAME: the database and its file store.
drop_db() {
    dropdb --if-exists --force "$1" </dev/null 2>&1 | grep -v 'does not exist, skipping' >&2 || true
    rm -rf "${DATA_DIR:?}/filestore/$1"
}

# copy_db FROM TO: replaces TO. Both the rows and the files.
copy_db() {
    drop_db "$2"
    createdb -T "$1" "$2" </dev/null
    if [ -d "$DATA_DIR/filestore/$1" ]; then
        cp -al "$DATA_DIR/filestore/$1" "$DATA_DIR/filestore/$2"    # files are named by their hash and never rewritten
    fi
}

# odoo ARGUMENT…: Odoo with this checkout's add-on, on the private cluster.
odoo() { "$VENV/bin/python" -m odoo "$@"; }
