from odoo.tools import SQL

# Tables that point to records by model name and id: dropping our tables would leave their rows behind.
_POINTERS = (
    ("mail_message", "model"),
    ("mail_activity", "res_model"),
    ("mail_followers", "res_model"),
    ("ir_attachment", "res_model"),
)


def uninstall_hook(env):
    """Take the discussions, tasks, followers and files of our records along (Odoo leaves them)."""
    models = tuple(env["ir.model"].search([("model", "=like", "collection.%")]).mapped("model"))
    if not models:
        return
    # Odoo deletes what has an XML id record by record before it drops tables: our rows must not stand in the way of that, and the
    # demo company's customers stay with their invoices.
    _drop_foreign_keys(env, tuple(env[model]._table for model in models))
    env["ir.model.data"].search([("module", "=", "account_collections"), ("name", "=like", "demo\\_%")]).unlink()
    for table, column in _POINTERS:
        env.cr.execute(SQL("DELETE FROM %s WHERE %s IN %s", SQL.identifier(table), SQL.identifier(column), models))


def _drop_foreign_keys(env, tables):
    rows = env.execute_query(
        SQL(
            "SELECT t.relname, c.conname FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid"
            " WHERE c.contype = 'f' AND t.relname IN %s AND t.relnamespace = current_schema::regnamespace",
            tables,
        )
    )
    for table, constraint in rows:
        env.cr.execute(SQL("ALTER TABLE %s DROP CONSTRAINT %s", SQL.identifier(table), SQL.identifier(constraint)))
