# What more than one of dev/database, dev/test and dev/bench-run does with a database. Sourced after lib.sh.

# strictly COMMAND…: runs Odoo, shows what it logs, fails if that contains a warning or worse.
strictly() {
    local log
    log=$(mktemp)
    "$@" --log-level=warn >"$log" 2>&1 || { cat "$log"; rm -f "$log"; return 1; }
    cat "$log"
    if grep -qE '^[0-9-]+ [0-9:,]+ [0-9]+ (WARNING|ERROR|CRITICAL) ' "$log"; then
        echo "Odoo logged a warning or an error, see above."
        rm -f "$log"
        return 1
    fi
    rm -f "$log"
}

# A hash of the add-on's files as they are now, without tests and development scripts.
sources_hash() {
    (cd "$CHECKOUT" && git ls-files -coz --exclude-standard -- '*.py' '*.xml' '*.csv' '*.js' '*.scss' '*.css' ':!dev' ':!tests' |
        xargs -0r sha256sum 2>/dev/null | sha256sum | cut -c1-16)
}

# A database's comment says what it was made from.
db_comment() { psql -XAtqd postgres -c "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '$1'" </dev/null; }
comment_db() { psql -Xqd postgres -c "COMMENT ON DATABASE \"$1\" IS '$2'" </dev/null; }
