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
    for table, column in _POINTERS:
        env.cr.execute(SQL("DELETE FROM %s WHERE %s IN %s", SQL.identifier(table), SQL.identifier(column), models))
