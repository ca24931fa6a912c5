from odoo import fields, models


class CollectionWorkLog(models.Model):
    _inherit = "collection.work.log"

    activity_id = fields.Many2one("collection.activity", string="Contact", ondelete="restrict", index="btree_not_null")

    def _has_outcome(self):
        return super()._has_outcome() or bool(self.activity_id)

    def _compute_outcome(self):
        logged = self.filtered("activity_id")
        for log in logged:
            log.outcome = log.activity_id.outcome_id.name
        return super(CollectionWorkLog, self - logged)._compute_outcome()
