"""Extensions of views are made anew: what an older version left is checked against the new base views before its file is read."""


def migrate(cr, version):
    if not version:
        return
    cr.execute(
        """
        WITH old AS (
            DELETE FROM ir_ui_view v
             USING ir_model_data d
             WHERE d.module = 'account_collections' AND d.model = 'ir.ui.view' AND d.res_id = v.id
               AND v.mode = 'extension' AND NOT EXISTS (SELECT FROM ir_ui_view child WHERE child.inherit_id = v.id)
            RETURNING v.id
        )
        DELETE FROM ir_model_data d USING old WHERE d.model = 'ir.ui.view' AND d.res_id = old.id
        """
    )
