from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    _inherit = "res.company"

    collection_escalation_days = fields.Integer(
        string="Escalations Are Due After",
        default=1,
        help="Business days in which whoever an account is escalated to decides. Then it goes to the next above.",
    )
    collection_escalation_top_id = fields.Many2one(
        "res.users",
        string="Above the AR Manager",
        domain="[('share', '=', False)]",
        help="Gets what the AR manager does not decide, or asks for. Empty: a controller of the company.",
    )
    collection_credit_hold_by_step = fields.Selection(
        [("propose", "Proposes it"), ("set", "Sets it at once")],
        string="A Credit Hold Step",
        required=True,
        default="propose",
        help="What the credit hold step of a dunning policy does.",
    )
    collection_credit_hold_limit = fields.Monetary(
        string="Release Credit Holds Below",
        help="A credit hold is proposed for release when less than this is overdue, where the policy names no limit of its own. "
        "0: when nothing is overdue.",
    )
    collection_credit_hold_sale = fields.Selection(
        [("none", "Nothing"), ("warn", "Warns"), ("block", "Refuses it")],
        string="Confirming an Order",
        required=True,
        default="warn",
        help="What happens when a sales order of a customer on credit hold is confirmed. Needs the Sales app.",
    )

    @api.constrains("collection_escalation_days", "collection_credit_hold_limit", "collection_escalation_top_id")
    def _check_collection_escalation(self):
        for company in self:
            if company.collection_escalation_days < 1 or company.collection_credit_hold_limit < 0:
                raise ValidationError(
                    self.env._(
                        "Escalations give at least one business day to decide, and the limit of credit holds cannot be negative."
                    )
                )
            above = company.collection_escalation_top_id
            if above and (company not in above.sudo().company_ids or not above.sudo()._collection_approver_role()):
                raise ValidationError(
                    self.env._(
                        "%(user)s does not decide in Collections of %(company)s: give them a manager's role first.",
                        user=above.name,
                        company=company.name,
                    )
                )
