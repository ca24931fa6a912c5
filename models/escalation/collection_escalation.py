from odoo import api, fields, models
from odoo.fields import Domain

from .collection_escalation_rule import RULE_TRIGGERS

TRIGGERS = [*RULE_TRIGGERS, ("step", "Dunning step"), ("request", "Collector's request")]
DECISIONS = [
    ("advise", "Advise"),
    ("take_over", "Take over"),
    ("hold", "Credit hold"),
    ("placement", "Placement"),
    ("change_plan", "Change the plan"),
]


class CollectionEscalation(models.Model):
    """An account that is brought before somebody who decides (SPEC §8).

    Opened through `collection.account._open_escalations`, decided through `_decide`; all its fields are the system's own.
    """

    _name = "collection.escalation"
    _description = "Escalation"
    _inherit = ["collection.guard", "mail.thread", "mail.activity.mixin"]
    _order = "due_date, id desc"
    _rec_names_search = ["name", "partner_id"]
    _check_company_auto = True
    _mail_post_access = "read"

    name = fields.Char(string="Number", default="/", readonly=True, copy=False)
    account_id = fields.Many2one(
        "collection.account", required=True, readonly=True, index=True, ondelete="restrict", check_company=True
    )
    company_id = fields.Many2one(related="account_id.company_id", store=True, precompute=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(related="account_id.partner_id", string="Customer", store=True, precompute=True)
    collector_id = fields.Many2one(related="account_id.collector_id")
    trigger = fields.Selection(TRIGGERS, string="Why", required=True, readonly=True, index=True)
    rule_id = fields.Many2one("collection.escalation.rule", readonly=True, ondelete="set null")
    reason = fields.Text(string="What It Is About", required=True, readonly=True)
    amount_overdue = fields.Monetary(string="Overdue Then", readonly=True, help="When it was escalated.")
    amount_collectible = fields.Monetary(string="Collectible Then", readonly=True, help="When it was escalated.")
    oldest_days = fields.Integer(string="Oldest Then (Days)", readonly=True, aggregator=None)
    amount_overdue_now = fields.Monetary(related="account_id.amount_overdue", string="Overdue Now")
    amount_collectible_now = fields.Monetary(related="account_id.amount_collectible", string="Collectible Now")
    from_user_id = fields.Many2one(
        "res.users",
        string="From",
        readonly=True,
        index="btree_not_null",
        help="Who asked for it; empty: a rule or a step.",
    )
    user_id = fields.Many2one(
        "res.users", string="To", required=True, readonly=True, index=True, help="Who is to decide."
    )
    rung = fields.Selection(
        [("assistant", "Assistant manager"), ("manager", "AR manager"), ("top", "Above the AR manager")],
        string="Level",
        required=True,
        readonly=True,
    )
    acting_id = fields.Many2one(
        "res.users",
        string="Decides Now",
        required=True,
        readonly=True,
        index=True,
        help="Whom it was escalated to, or the substitute while they are absent.",
    )
    assigned_on = fields.Datetime(string="With Them Since", readonly=True)
    opened_date = fields.Date(string="Escalated", required=True, readonly=True)
    due_date = fields.Date(string="Due", required=True, readonly=True, help="Not decided by then, it climbs.")
    climb_count = fields.Integer(string="Times Climbed", readonly=True, aggregator=None)
    checked_date = fields.Date(readonly=True, help="Last day on which it was to climb and nobody was above.")
    state = fields.Selection(
        [("open", "Open"), ("decided", "Decided"), ("withdrawn", "Withdrawn"), ("lapsed", "Settled")],
        required=True,
        default="open",
        readonly=True,
        copy=False,
        group_expand=True,
        help="Settled: nothing was overdue any more before anybody decided.",
    )
    decision = fields.Selection(DECISIONS, readonly=True, copy=False, tracking=True)
    decision_note = fields.Text(string="What Was Decided", readonly=True, copy=False)
    decided_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    on_behalf_id = fields.Many2one("res.users", string="In the Place Of", readonly=True, copy=False)
    decided_on = fields.Datetime(readonly=True, copy=False)
    decided_date = fields.Date(readonly=True, copy=False)
    event_ids = fields.One2many("collection.escalation.event", "escalation_id", string="History")
    is_late = fields.Boolean(string="Late", compute="_compute_is_late", search="_search_is_late")
    may_decide = fields.Boolean(compute="_compute_may_decide", help="The current user may decide.")

    _one_open = models.UniqueIndex(
        "(account_id, trigger) WHERE state = 'open'", "The account is escalated for this reason already."
    )
    _due_idx = models.Index("(due_date) WHERE state = 'open'")

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for each in self:
            each.display_name = f"{each.name} {each.partner_id.name}" if each.partner_id.name else each.name

    @api.depends("due_date", "state")
    def _compute_is_late(self):
        for each in self:
            each.is_late = each.state == "open" and each.due_date < each.company_id._collection_today()

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = Domain("state", "=", "open") & self._before_today_domain()
        return Domain.OR([late] * (True in value) + [~late] * (False in value))

    @api.model
    def _before_today_domain(self):
        """Due before the business date of their company."""
        return Domain.OR(
            Domain("company_id", "=", company.id) & Domain("due_date", "<", company._collection_today())
            for company in self.env["res.company"].sudo().search([])
        )

    @api.depends("state", "rung", "user_id", "from_user_id")
    @api.depends_context("uid")
    def _compute_may_decide(self):
        for each in self:
            each.may_decide = each.state == "open" and bool(each._identity(self.env.user))

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    def _guarded_fields(self):
        own = {name for name, field in self._fields.items() if not name.startswith(("message_", "activity_"))}
        return frozenset(own - {"website_message_ids", "my_activity_date_deadline", "rating_ids"})

    def _update_state(self, allowed, target, **vals):
        changed = super()._update_state(allowed, target, **vals)
        if changed:
            # The tasks are the system's; whoever ends an escalation need not be the one who has it.
            changed.sudo().activity_unlink(["account_collections.mail_activity_type_escalation"])
            self.env["collection.account"]._touch(accounts=changed.account_id.ids)
        return changed

    def _log_event(self, kind, note=None, key=None, to_user=None):
        """Add to the history of these escalations, which nobody edits."""
        days = {company: company._collection_today() for company in self.company_id}
        return (
            self.env["collection.escalation.event"]
            .sudo()
            ._unguarded()
            .create(
                [
                    {
                        "escalation_id": each.id,
                        "date": fields.Datetime.now(),
                        "business_date": days[each.company_id],
                        "user_id": self.env.uid,
                        "kind": kind,
                        "to_user_id": (to_user or each.acting_id).id,
                        "note": note[each] if isinstance(note, dict) else note,
                        "key": key and f"{each.id}:{key}:{each.due_date}",
                    }
                    for each in self
                ]
            )
        )

    def action_view_account(self):
        """Open the account's page."""
        self.ensure_one()
        return self.account_id.action_open()
