from odoo import api, fields, models


class CollectionAccount(models.Model):
    """Payments taken on the phone."""

    _inherit = "collection.account"

    card_payment_ids = fields.One2many("collection.card.payment", "account_id", string="Card Payments")
    card_payment_count = fields.Integer(string="Card Payments Taken", compute="_compute_card_payment_count")

    def _compute_card_payment_count(self):
        groups = self.env["collection.card.payment"]._read_group(
            [("account_id", "in", self.ids)], ["account_id"], ["__count"]
        )
        counts = {account.id: count for account, count in groups}
        for account in self:
            account.card_payment_count = counts.get(account.id, 0)

    def _card_payment_refusal(self):
        """Why no payment is taken from this account now, in words; False where it is. Rooms above add their reasons.

        :return: text or False
        """
        self.ensure_one()
        return False

    def _card_payment_items(self, currency=None):
        """Open debit items, the oldest due first, with what no other charge takes already: list of (item, amount)."""
        items = self.open_item_ids.filtered(
            lambda line: line.amount_residual_currency > 0 and (not currency or line.currency_id == currency)
        ).sorted(lambda line: (line.date_maturity or line.date, line.id))
        # Whoever began the other charges.
        Line = self.env["collection.card.payment.line"].sudo()
        groups = Line._read_group(
            [
                ("move_line_id", "in", items.ids),
                ("payment_id.state", "in", ("link_sent", "charging", "pending", "authorized")),
            ],
            ["move_line_id"],
            ["amount_currency:sum", "amount_applied_currency:sum"],
        )
        taken = {item.id: amount - applied for item, amount, applied in groups}
        left = [
            (item, item.currency_id.round(item.amount_residual_currency - taken.get(item.id, 0.0))) for item in items
        ]
        return [(item, amount) for item, amount in left if item.currency_id.compare_amounts(amount, 0) > 0]

    @api.model
    def _resolve_touched(self, data):
        """What is on its way follows what else happened to its items: a hold never covers what is settled."""
        accounts = super()._resolve_touched(data)
        live = self.env["collection.card.payment"].search(
            [
                ("account_id", "in", accounts.ids),
                ("state", "in", ("charging", "pending", "authorized", "done")),
                ("receipt_number", "=", False),
            ]
        )
        live._sync_holds()
        return accounts

    @api.model
    def _followers_of_items(self):
        return [*super()._followers_of_items(), "collection.card.payment"]

    def action_view_card_payments(self):
        """The account's card payments."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("account_collections.collection_card_payment_action")
        action["domain"] = [("account_id", "=", self.id)]
        action["context"] = {}
        return action
