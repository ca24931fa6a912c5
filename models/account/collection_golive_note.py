from markupsafe import Markup

from odoo import api, models
from odoo.tools import html2plaintext

from .collection_golive_kind import Column


def _words(text):
    """Texts are the same where their words are."""
    return " ".join(text.split())


class CollectionGoliveNote(models.AbstractModel):
    _name = "collection.golive.note"
    _description = "Standing Notes"
    _inherit = ["collection.golive.kind"]

    @api.model
    def _title(self):
        return self.env._("Standing notes on accounts")

    @api.model
    def _columns(self):
        _ = self.env._
        return [
            Column("customer", _("Customer"), required=True, examples=("A000012", "Blue Ridge Tools")),
            Column(
                "note",
                _("Note"),
                required=True,
                examples=("Pays on the 10th; call Ann, not the CEO.", "Needs proof of delivery with every invoice"),
            ),
        ]

    @api.model
    def _resolve(self, rows, company):
        self._find_accounts(rows, company)

    @api.model
    def _row_keys(self, row):
        return [(row.found["account_id"], _words(row.values["note"]))]

    @api.model
    def _compare(self, rows, company):
        accounts = self.env["collection.account"].sudo().browse(row.found["account_id"] for row in rows)
        known = {account: _words(html2plaintext(account.note or "")) for account in set(accounts)}
        for row, account in zip(rows, accounts):
            if _words(html2plaintext(self._paragraph(row))) in known[account]:
                row.is_new = False
            elif known[account]:
                row.warn("note", self.env._("Is added below the note that is there."))

    @api.model
    def _paragraph(self, row):
        lines = [Markup("%s") % line for line in row.values["note"].split("\n")]
        return Markup("<p>%s</p>") % Markup("<br/>").join(lines)

    @api.model
    def _import(self, rows, golive):
        added = {}
        for row in rows:
            added.setdefault(row.found["account_id"], []).append(self._paragraph(row))
        for account in self.env["collection.account"].browse(added):
            account.note = (account.note or Markup()) + Markup().join(added[account.id])
