from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date


class CollectionAccount(models.Model):
    """What escalations say of the account."""

    _inherit = "collection.account"

    status = fields.Selection(
        selection_add=[("credit_hold", "Credit Hold"), ("escalated", "Escalated"), ("past_due",)],
        ondelete={"credit_hold": "set null", "escalated": "set null"},
    )
    escalation_ids = fields.One2many("collection.escalation", "account_id", string="Escalations")
    escalation_count = fields.Integer(string="Open Escalations", readonly=True, aggregator=None)
    escalation_due_date = fields.Date(
        string="Escalation Due", readonly=True, help="The earliest day by which somebody is to decide on the account."
    )
    escalation_text = fields.Text(compute="_compute_escalation_text")

    def _guarded_fields(self):
        return super()._guarded_fields() | {"escalation_count", "escalation_due_date"}

    @api.depends("escalation_ids.state", "escalation_ids.acting_id", "escalation_ids.due_date")
    def _compute_escalation_text(self):
        """Who has the account to decide on, and until when."""
        opened = self.env["collection.escalation"].search(
            [("account_id", "in", self.ids), ("state", "=", "open")], order="due_date, id"
        )
        by_account = opened.grouped("account_id")
        for account in self:
            account.escalation_text = (
                "\n".join(
                    self.env._(
                        "%(user)s decides by %(day)s: %(reason)s",
                        user=each.acting_id.sudo().name,
                        day=format_date(self.env, each.due_date),
                        reason=each.reason,
                    )
                    for each in by_account.get(account._origin, opened.browse())
                )
                or False
            )

    # ------------------------------------------------------------------
    # Refresh
    # ------------------------------------------------------------------

    @api.model
    def _refresh_cases(self):
        return [
            *super()._refresh_cases(),
            (
                SQL("collection_escalation e JOIN scope s ON s.id = e.account_id WHERE e.state = 'open'"),
                SQL("e.account_id"),
                {"escalation_count": SQL("COUNT(*)"), "escalation_due_date": SQL("MIN(e.due_date)")},
            ),
            (
                SQL("collection_credit_hold h JOIN scope s ON s.id = h.account_id WHERE h.state = 'active'"),
                SQL("h.account_id"),
                {"is_credit_hold": SQL("TRUE")},
            ),
        ]

    @api.model
    def _refresh_status_cases(self):
        return [
            *super()._refresh_status_cases(),
            (40, "credit_hold", SQL("n.is_credit_hold")),
            (50, "escalated", SQL("n.escalation_count > 0")),
        ]

    # ------------------------------------------------------------------
    # Hooks of decisions
    # ------------------------------------------------------------------

    def _give_task(self, summary, note, user=None):
        """A manager's task for `user`, by default whoever works the account, due today: it stands in the worklist until it is done."""
        self.ensure_one()
        return self.activity_schedule(
            "account_collections.mail_activity_type_task",
            self.company_id._collection_today(),
            summary=summary.splitlines()[0][:120],
            note=note,
            user_id=(user or self._task_user()).id,
        )

    def _propose_placement(self, reason):
        """Put these accounts up for placement with an agency: a task for the manager, until placements have records of their own.

        :param reason: why, in words
        """
        for account in self:
            account.with_context(mail_activity_quick_update=True).activity_schedule(
                "account_collections.mail_activity_type_step",
                account.company_id._collection_today(),
                summary=self.env._("Placement review"),
                note=reason,
                user_id=account.company_id._collection_manager().id,
            )

    def _change_plan(self, note):
        """The account's plan of action is to be changed: a task for whoever drew it up; without a plan, for whoever works the account.

        :param note: what is to be changed
        """
        self.ensure_one()
        author = self.plan_id.user_id.filtered(lambda user: user.active and not user._is_superuser())
        self._give_task(self.env._("Change the plan of action: %(note)s", note=note), note, author)

    @api.model
    def _escalatable_domain(self):
        """Which accounts rules may escalate; rooms leave out what somebody else has taken over (placed, bankrupt)."""
        return Domain.TRUE

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_escalate(self):
        """Ask to whom these accounts are escalated, and why."""
        self.check_access("write")
        return self._escalate_dialog()

    def action_view_escalations(self):
        """The account's escalations, the open ones first."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("account_collections.collection_escalation_action")
        return {**action, "domain": [("account_id", "=", self.id)], "context": {}}

    # ------------------------------------------------------------------
    # Merging customers
    # ------------------------------------------------------------------

    def _repoint(self, kept):
        """Of what an account may have one only, that of the joined account gives way."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE collection_escalation o SET state = 'withdrawn' FROM collection_escalation k
                 WHERE o.account_id = %(old)s AND k.account_id = %(new)s AND o.trigger = k.trigger
                   AND o.state = 'open' AND k.state = 'open';
                UPDATE collection_credit_hold o
                   SET state = CASE WHEN o.state = 'active' THEN 'lifted' ELSE 'refused' END, end_reason = %(why)s
                  FROM collection_credit_hold k
                 WHERE o.account_id = %(old)s AND k.account_id = %(new)s
                   AND o.state IN ('proposed', 'active') AND k.state IN ('proposed', 'active')
                """,
                old=self.id,
                new=kept.id,
                why=self.env._("Joined with account %(number)s", number=kept.name),
            )
        )
        return super()._repoint(kept)
