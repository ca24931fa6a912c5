from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .collection_help import LIVE


class CollectionAccount(models.Model):
    """Help that sales partners were asked for; what came back, answered or not, brings the account to the worklist."""

    _inherit = "collection.account"

    help_ids = fields.Many2many(
        "collection.help",
        "collection_help_account_rel",
        "account_id",
        "help_id",
        string="Help Requests",
        readonly=True,
    )
    help_count = fields.Integer(
        string="Help Requests Open", readonly=True, aggregator=None, help="Sales partners were asked; not closed yet."
    )
    help_turn_date = fields.Date(
        string="Sales Partner Back",
        readonly=True,
        help="Since then a help request waits for us: the partner answered, or did not answer in time.",
    )
    sold_by_ids = fields.Many2many(
        "res.partner",
        compute="_compute_sold_by_ids",
        search="_search_sold_by_ids",
        help="The customer's sales partner, and those who sold what is open.",
    )

    def _guarded_fields(self):
        return super()._guarded_fields() | {"help_count", "help_turn_date"}

    # ------------------------------------------------------------------
    # Whose customers
    # ------------------------------------------------------------------

    @api.depends("sales_partner_id")
    def _compute_sold_by_ids(self):
        Line = self.env["account.move.line"]
        domain = Line._collection_open_domain(self.company_id) & Domain(
            "partner_id.commercial_partner_id", "in", self.partner_id.ids
        )
        found = {}
        for item in Line.search_fetch(domain, ["partner_id", "company_id", "move_id"]):
            key = (item.partner_id.commercial_partner_id, item.company_id)
            found[key] = found.get(key, self.env["res.partner"]) | item.move_id.collection_sales_partner_id
        for account in self:
            sellers = found.get((account.partner_id, account.company_id), self.env["res.partner"])
            account.sold_by_ids = account.sales_partner_id | sellers

    def _search_sold_by_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        Line = self.env["account.move.line"]
        sold = Line._collection_open_domain(self.env.companies) & Domain(
            "move_id.collection_sales_partner_id", "in", value
        )
        pairs = Line._read_group(sold, ["company_id"], ["partner_id:recordset"])
        customers = Domain.OR(
            Domain("company_id", "=", company.id) & Domain("partner_id", "in", partners.commercial_partner_id.ids)
            for company, partners in pairs
        )
        return Domain("sales_partner_id", "in", value) | customers

    # ------------------------------------------------------------------
    # Refresh
    # ------------------------------------------------------------------

    @api.model
    def _refresh_cases(self):
        return [
            *super()._refresh_cases(),
            (
                SQL(
                    "collection_help h JOIN collection_help_account_rel r ON r.help_id = h.id"
                    " JOIN scope s ON s.id = r.account_id WHERE h.state IN %s",
                    LIVE,
                ),
                SQL("r.account_id"),
                {"help_count": SQL("COUNT(*)"), "help_turn_date": SQL("MIN(h.turn_date)")},
            ),
        ]

    @api.model
    def _refresh_due_conditions(self):
        """A request came back, whatever there is to collect; once the account is worked, on the next day again."""
        return [
            *super()._refresh_due_conditions(),
            SQL("n.help_turn_date <= n.figures_date AND COALESCE(n.last_worked_date < n.figures_date, TRUE)"),
        ]

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_view_helps(self):
        """All help requests about the account, the latest first."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("account_collections.collection_help_action")
        return {
            **action,
            "name": self.env._("Help Requests about %(customer)s", customer=self.display_name),
            "domain": [("account_ids", "in", self.ids)],
            "context": {"create": False},
            "view_mode": "list,form,kanban,calendar",
            "views": [(False, "list"), (False, "form"), (False, "kanban"), (False, "calendar")],
        }
