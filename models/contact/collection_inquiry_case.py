from odoo import api, fields, models
from odoo.exceptions import UserError


class CollectionInquiry(models.Model):
    """A credit or rebill request becomes a case of a room above, with one click."""

    _inherit = "collection.inquiry"

    may_open_case = fields.Boolean(compute="_compute_may_open_case")

    @api.depends("type_id", "state")
    def _compute_may_open_case(self):
        for inquiry in self:
            asked = inquiry.type_id.is_credit_request and inquiry.state != "closed"
            inquiry.may_open_case = bool(asked and inquiry._case_action())

    def _case_action(self):
        """The action that opens a new case with what the inquiry says, or false; the rooms of the cases give theirs."""
        self.ensure_one()
        return False

    def action_open_case(self):
        """Make a case of the request."""
        self.ensure_one()
        self.check_access("write")
        if not self.may_open_case:
            raise UserError(self.env._("%(inquiry)s cannot become a case.", inquiry=self.name))
        return self._case_action()

    def _tell_result(self, text):
        """A case that came of the request is decided: whoever answers it tells the requester.

        :param text: the decision, in words
        """
        for inquiry in self.filtered("account_id"):
            inquiry.account_id.activity_schedule(
                "mail.mail_activity_data_todo",
                inquiry.company_id._collection_today(),
                summary=self.env._(
                    "Tell %(person)s the result of %(inquiry)s", person=inquiry.partner_id.name, inquiry=inquiry.name
                ),
                note=text,
                user_id=(inquiry.user_id or inquiry.account_id._task_user()).id,
            )
