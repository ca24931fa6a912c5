from odoo import api, models

_TELLING = {"active", "date_deadline", "activity_type_id", "res_id", "res_model_id"}


class MailActivity(models.Model):
    _inherit = "mail.activity"

    _collection_account_idx = models.Index("(res_id) WHERE res_model = 'collection.account' AND active")

    def _collection_touch(self):
        """Refresh the accounts that these tasks stand on."""
        ids = self.filtered(lambda activity: activity.res_model == "collection.account").mapped("res_id")
        if ids:
            self.env["collection.account"]._touch(accounts=ids)

    @api.model_create_multi
    def create(self, vals_list):
        activities = super().create(vals_list)
        activities._collection_touch()
        return activities

    def write(self, vals):
        if not _TELLING & vals.keys():
            return super().write(vals)
        self._collection_touch()
        result = super().write(vals)
        self._collection_touch()
        return result

    def unlink(self):
        self._collection_touch()
        return super().unlink()
