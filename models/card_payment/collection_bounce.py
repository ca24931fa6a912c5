from odoo import fields, models


class ReturnKind(str):
    """Why matches of a card payment are taken off. An object of this class cannot be sent over RPC."""

    __slots__ = ()


class CollectionBounce(models.Model):
    _inherit = "collection.bounce"

    kind = fields.Selection(
        selection_add=[("charged_back", "Charged back")],
        ondelete={"charged_back": lambda bounces: bounces._set_reversed()},
    )

    def _set_reversed(self):
        self._unguarded().write({"kind": "reversed"})

    def _note_one(self, kind, *args):
        """A refund is no bounce: we gave the money back."""
        reason = self.env.context.get("collection_card_return")
        if isinstance(reason, ReturnKind) and reason == "refund":
            return None
        return super()._note_one(kind, *args)

    def _name_chargeback(self, moves, begins):
        """What is taken off today of these entries is a chargeback; while it is taken off, it is summed up as any other.

        :param moves: entries of the money
        :param begins: True before the matches are taken off, False after it
        """
        known = self.search([("move_id", "in", moves.ids), ("kind", "=", "charged_back" if begins else "unmatched")])
        today = known.filtered(lambda each: each.business_date == each.company_id._collection_today())
        today._unguarded().write({"kind": "unmatched" if begins else "charged_back"})
