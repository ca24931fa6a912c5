from odoo import fields, models
from odoo.exceptions import UserError, ValidationError


class CollectionInquiry(models.Model):
    """The call-back check: a request to change bank details is believed only when a known person confirms it on a known number."""

    _inherit = "collection.inquiry"

    needs_check = fields.Boolean(related="type_id.needs_check")
    check_contact_id = fields.Many2one(
        "res.partner",
        string="Called Back",
        help="A person whom we know, called on the number that stood in our records before the request came in.",
    )
    check_result = fields.Selection(
        [("confirmed", "Confirmed"), ("denied", "Denied: not their request")], tracking=True
    )
    check_phone = fields.Char(string="Number Called", readonly=True)
    checked_on = fields.Datetime(readonly=True)
    checked_by_id = fields.Many2one("res.users", readonly=True)

    def _guarded_fields(self):
        return super()._guarded_fields() | {"check_phone", "checked_on", "checked_by_id"}

    def write(self, vals):
        if {"check_contact_id", "check_result", "type_id"} & vals.keys() and not self._has_pass():
            checked = self.filtered("checked_on")
            if checked:
                raise UserError(
                    self.env._(
                        "The call-back check of %(inquiry)s is recorded and stays as it is.", inquiry=checked[0].name
                    )
                )
        return super().write(vals)

    def action_check(self):
        """Record the call-back check: who was called on which number, what they said, who called and when."""
        self.check_access("write")
        for inquiry in self:
            if inquiry.checked_on:
                continue
            person = inquiry.check_contact_id
            if not inquiry.check_result or not person:
                raise ValidationError(self.env._("Enter whom you called back and what they said."))
            if not person.phone:
                raise ValidationError(
                    self.env._("%(person)s has no phone number on file to call back.", person=person.display_name)
                )
            inquiry._unguarded().write(
                {"check_phone": person.phone, "checked_on": fields.Datetime.now(), "checked_by_id": self.env.uid}
            )
            if inquiry.check_result == "denied":
                inquiry._warn_of_fraud()

    def _warn_of_fraud(self):
        """Somebody asked in the customer's name: the manager must know today."""
        self.ensure_one()
        summary = self.env._("Bank details: %(inquiry)s is not the customer's request", inquiry=self.name)
        if self.account_id:
            self.account_id._add_task(summary, self.question)
        manager = self.company_id.collection_manager_id
        if manager:
            self.message_notify(partner_ids=manager.partner_id.ids, subject=summary, body=self.question)

    def _check_answerable(self):
        if self.needs_check and not self.checked_on:
            raise UserError(
                self.env._(
                    "%(inquiry)s needs the call-back check first: call a person you know on the number we have on file.",
                    inquiry=self.name,
                )
            )
        return super()._check_answerable()
