from odoo import models
from odoo.tools import SQL


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _collection_application_facts(self):
        """What a request keeps beside an item: dict of line id to values."""
        if not self:
            return {}
        self.env.flush_all()
        last = dict(
            self.env.execute_query(
                SQL(
                    "SELECT debit_move_id, MAX(id) FROM account_partial_reconcile WHERE debit_move_id IN %s GROUP BY 1",
                    tuple(self.ids),
                )
            )
        )
        return {
            line.id: {
                "move_id": line.move_id.id,
                "move_name": line.move_id.name,
                "due_date": line.date_maturity or line.date,
                "partner_id": line.partner_id.commercial_partner_id.id,
                "after_partial_id": last.get(line.id, 0),
            }
            for line in self
        }
