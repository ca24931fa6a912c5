from odoo import api, fields, models


class CollectionLetterBatch(models.Model):
    """Special letters are printed beside those of dunning runs: one place for all that is to be posted."""

    _inherit = "collection.letter.batch"

    special_ids = fields.One2many("collection.letter", "letter_batch_id", string="Special Letters", readonly=True)
    special_count = fields.Integer(string="Special Letters Count", compute="_compute_counts")
    notice_count = fields.Integer(string="Reminders Count", compute="_compute_counts")

    @api.depends("special_ids.state", "special_ids.attachment_id")
    def _compute_counts(self):
        result = super()._compute_counts()
        for batch in self:
            batch.special_count, batch.notice_count = len(batch.special_ids), len(batch.notice_ids)
        return result

    def _papers(self):
        return [*super()._papers(), self.special_ids]

    def action_view_special_letters(self):
        """The special letters of the batch."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("account_collections.collection_letter_action")
        return {
            **action,
            "domain": [("letter_batch_id", "=", self.id)],
            "context": {},
            "display_name": self.env._("Letters of %(batch)s", batch=self.name),
        }
