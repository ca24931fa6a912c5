from odoo import models
from odoo.tools import SQL


class CollectionRun(models.Model):
    _inherit = "collection.run"

    def _move_tasks(self, pairs):
        """A credit hold that a notice proposed belongs to the notice that it joined, like the task."""
        result = super()._move_tasks(pairs)
        self.env.cr.execute(
            SQL(
                """UPDATE collection_credit_hold h SET notice_id = p.new_id FROM unnest(%s, %s) AS p (old_id, new_id)
                    WHERE h.notice_id = p.old_id AND h.state = 'proposed'""",
                [old_id for old_id, _new_id in pairs],
                [new_id for _old_id, new_id in pairs],
            )
        )
        return result
