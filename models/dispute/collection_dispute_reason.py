from odoo import api, fields, models
from odoo.exceptions import ValidationError

PARTS = [
    ("whole", "All that is open"),
    ("lines", "Chosen lines, with their tax"),
    ("tax", "Tax only"),
    ("freight", "Freight"),
    ("amount", "An amount"),
]


class CollectionDisputeReason(models.Model):
    _name = "collection.dispute.reason"
    _description = "Dispute Reason"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(help="Short name for imports and integrations.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: the reason is used in every company.")
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    team_id = fields.Many2one(
        "collection.dispute.team", required=True, index=True, ondelete="restrict", help="Who settles it."
    )
    hours = fields.Float(
        string="Working Hours", required=True, default=40.0, help="Time to decide, in working hours of the team."
    )
    part = fields.Selection(
        PARTS, string="Usually Disputed", required=True, default="whole", help="Proposed when a dispute is opened."
    )
    evidence = fields.Selection(
        [("none", "Not needed"), ("route", "Before it goes to the team"), ("decide", "Before it is decided")],
        required=True,
        default="none",
        help="From when on the dispute needs at least one attached document.",
    )
    evidence_hint = fields.Char(
        string="Which Document", translate=True, help="What proves the claim, e.g. the signed proof of delivery."
    )
    explanation = fields.Text(
        translate=True, help="Proposed text of the letter that explains why the dispute is refused."
    )

    _code_unique = models.UniqueIndex(
        "(code, (COALESCE(company_id, 0))) WHERE code IS NOT NULL", "Another reason has this code already."
    )

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for reason in self:
            reason.currency_id = (reason.company_id or self.env.company).currency_id

    @api.constrains("hours")
    def _check_hours(self):
        for reason in self:
            if reason.hours <= 0:
                raise ValidationError(self.env._("“%(reason)s” needs at least some working hours.", reason=reason.name))
