from odoo import fields, models


class ReturnKind(str):
    """Why matches of a card payment are taken off. An object of this class cannot be sent over RPC."""

    __slots__ = ()


class CollectionBounce(models.Model):
    _inherit = "collection.bounce"

    kind = fields.Selection(
        selection_add=[("charged_back", "Charged back")], ondelete={"charged_back": lambda bounces: bounces._set_reversed()}
    )

    def _set_reversed(self):
        self._unguarded().write({"kind": "reversed"})

    def _note_one(self, kind, *args):
        """A refund is no bounce: we gave the money back. A chargeback is one, by its own name."""
        reason = self.env.context.get("collection_card_return")
        if isinstance(reason, ReturnKind) and kind == "unmatched":
            if reason == "refund":
                return None
            kind = "charged_back"
        return super()._note_one(kind, *args)
