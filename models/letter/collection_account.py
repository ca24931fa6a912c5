from odoo import fields, models
from odoo.tools import SQL


class CollectionAccount(models.Model):
    _inherit = "collection.account"

    letter_ids = fields.One2many("collection.letter", "account_id", string="Letters")

    def _letter_overdue_items(self, today):
        """What is asked for of this account's overdue items now: list of dicts `name, ref, due, currency_id, amount`."""
        self.ensure_one()
        self.env.flush_all()
        rows = self.env["collection.run"]._asked_rows(self.company_id, SQL("a.id = %s", self.id))
        rows = [row for row in rows if row["due"] < today and not row["reason"] and row["asked_cur"] > 0]
        moves = self.env["account.move"].browse(row["move_id"] for row in rows).grouped("id")
        return [
            {
                "name": moves[row["move_id"]].name,
                "ref": moves[row["move_id"]].ref,
                "due": row["due"],
                "currency_id": row["currency_id"],
                "amount": float(row["asked_cur"]),
            }
            for row in sorted(rows, key=lambda row: (row["currency_id"], row["due"], row["move_id"]))
        ]
