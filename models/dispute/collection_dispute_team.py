from odoo import api, fields, models
from odoo.fields import Domain


class CollectionDisputeTeam(models.Model):
    _name = "collection.dispute.team"
    _description = "Dispute Team"
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    company_id = fields.Many2one("res.company", help="Empty: the team works for every company.")
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    user_id = fields.Many2one(
        "res.users",
        string="Lead",
        domain="[('share', '=', False)]",
        help="Gets what nobody is assigned to, and what is late.",
    )
    member_ids = fields.Many2many(
        "res.users",
        "collection_dispute_team_member_rel",
        "team_id",
        "user_id",
        string="Members",
        domain="[('share', '=', False)]",
        help="See and work all disputes of the team.",
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working Hours",
        help="Deadlines count these hours, in their time zone. Empty: the company's business days.",
    )
    reason_ids = fields.One2many("collection.dispute.reason", "team_id", string="Reasons")
    open_count = fields.Integer(compute="_compute_counts", string="Open Disputes")
    late_count = fields.Integer(compute="_compute_counts", string="Late Disputes")

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for team in self:
            team.currency_id = (team.company_id or self.env.company).currency_id

    def _compute_counts(self):
        Dispute = self.env["collection.dispute"]
        domain = Domain("team_id", "in", self.ids) & Domain("is_open", "=", True)
        opened = dict(Dispute._read_group(domain, ["team_id"], ["__count"]))
        late = dict(Dispute._read_group(domain & Domain("is_late", "=", True), ["team_id"], ["__count"]))
        for team in self:
            team.open_count = opened.get(team, 0)
            team.late_count = late.get(team, 0)

    def _collection_calendar(self, company):
        """The calendar in which a company's deadlines count for this team."""
        # Deadlines follow the calendar whoever triggers them.
        return self.calendar_id.sudo() or company.sudo()._collection_business_calendar()

    def action_view_disputes(self):
        """The team's open disputes, as a kanban by state."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("account_collections.collection_dispute_action")
        return {**action, "context": {"search_default_open": 1, "search_default_team_id": self.id}}
