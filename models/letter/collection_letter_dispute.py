from odoo import fields, models


class CollectionLetter(models.Model):
    """An explanation that went out by letter counts as the dispute's explanation."""

    _inherit = "collection.letter"

    def _after_sending(self):
        result = super()._after_sending()
        for letter in self.filtered("dispute_id"):
            dispute = letter.dispute_id
            if not dispute.letter_sent_on:
                dispute._unguarded().letter_sent_on = fields.Datetime.now()
            dispute._log_event("letter", note=self.env._("Explained by %(letter)s", letter=letter.name))
        return result
