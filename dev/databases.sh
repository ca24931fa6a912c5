# shellcheck shell=bash
# How databases with the add-on are made and compared: for dev/database and dev/test. Sourced after lib.sh.

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

# install_demo DATABASE [strictly]: from the template in $template, with the add-on and its demo data. The dependencies are there
# without demo data (theirs is heavy and not ours). The loader gives a module its demo data only if all that it depends on has it,
# so they are said to have it meanwhile.
install_demo() {
    copy_db "$template" "$1"
    psql -Xqd "$1" -c "UPDATE ir_module_module SET demo = TRUE WHERE state = 'installed'"
    "${@:2}" odoo --config="$ODOO_CONF" -d "$1" -i "$ADDON" --with-demo --stop-after-init --no-http --log-level=warn
    psql -Xqd "$1" -c "UPDATE ir_module_module SET demo = FALSE WHERE name <> '$ADDON'"
    [ "$(psql -XAtqd "$1" -c "SELECT state || demo FROM ir_module_module WHERE name = '$ADDON'")" = installedtrue ] ||
        { echo "The add-on or its demo data was not installed, see above."; return 1; }
}

# The web client's bundles, so that the first page, or the first browser test, does not wait for them.
make_bundles() {
    odoo shell --config="$ODOO_CONF" -d "$1" --no-http --log-level=warn <<<"env['ir.qweb']._pregenerate_assets_bundles(); env.cr.commit()"
}
