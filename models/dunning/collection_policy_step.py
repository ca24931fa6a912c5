from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .collection_policy import CUSTOMER_CHANNELS


class CollectionPolicyStep(models.Model):
    _name = "collection.policy.step"
    _description = "Dunning Step"
    _order = "policy_id, days, sequence, id"

    name = fields.Char(required=True, translate=True)
    policy_id = fields.Many2one("collection.policy", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="policy_id.company_id")
    currency_id = fields.Many2one(related="policy_id.currency_id")
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    days = fields.Integer(
        string="Days After Due", required=True, help="Days from an item's own due date. Negative: a courtesy before it is due."
    )
    channel = fields.Selection(
        [
            ("email", "E-mail"),
            ("letter", "Letter"),
            ("call", "Call"),
            ("sales_partner", "Sales partner notice"),
            ("escalation", "Escalation"),
            ("credit_hold", "Credit hold"),
            ("final_demand", "Final demand"),
            ("placement_review", "Placement review"),
        ],
        required=True,
        default="email",
    )
    tone = fields.Selection(
        [
            ("courtesy", "Courtesy"),
            ("reminder", "Reminder"),
            ("past_due", "Past due"),
            ("second", "Second past due"),
            ("final", "Final"),
        ],
        help="How the letter sounds; shown on the notice.",
    )
    mail_template_id = fields.Many2one(
        "mail.template", string="Template", domain="[('model', '=', 'collection.notice')]", ondelete="restrict"
    )
    min_amount = fields.Monetary(
        string="Minimum Amount", help="A notice whose total (company currency) is below this is not sent."
    )
    responsible = fields.Selection(
        [("collector", "Collector"), ("assistant", "Assistant manager"), ("manager", "Manager")],
        string="Who Does It",
        default="collector",
        required=True,
        help="Who does the step where a person does it, and who releases it.",
    )
    needs_release = fields.Boolean(string="Release by Hand", help="The notice waits until a person releases it.")
    attach_documents = fields.Boolean(string="Attach Invoices", help="The PDF of each invoice in the notice goes with it.")

    _once = models.UniqueIndex(
        "(policy_id, days, channel) WHERE active", "A policy has one step of each kind on a day: change the day or the kind."
    )

    @api.constrains("channel", "days", "mail_template_id")
    def _check_step(self):
        for step in self:
            if step.days <= 0 and step.channel not in ("email", "letter"):
                raise ValidationError(
                    self.env._("“%(step)s”: before the due date only an e-mail or a letter makes sense.", step=step.name)
                )
            if step.mail_template_id and step.mail_template_id.model != "collection.notice":
                raise ValidationError(
                    self.env._("“%(step)s”: the template is not one for collection notices.", step=step.name)
                )
            step.policy_id._check_steps_in_order()

    def _track(self):
        """Steps of one track follow one another; tracks run beside each other."""
        self.ensure_one()
        return "customer" if self.channel in CUSTOMER_CHANNELS else self.channel
