from odoo import fields, models

from ..account.collection_account_stage import STAGES


class CollectionCallScript(models.Model):
    """What a collector says on the phone, in a few lines. The first that fits the account is shown."""

    _name = "collection.call.script"
    _description = "Call Script"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: every company uses it.")
    stage = fields.Selection(STAGES, help="Empty: for accounts in every stage.")
    text = fields.Text(
        required=True,
        translate=True,
        help="{contact}, {customer}, {company}, {collectible}, {overdue} and {days} are filled in.",
    )

    def _fill(self, account, contact):
        """The text with the account's particulars put in."""
        self.ensure_one()
        return account._fill_script(self.text, contact)
