from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .collection_dispute import LIVE, UNDECIDED


class CollectionDispute(models.Model):
    """The steps of a dispute. Every one of them goes through `_update_state`, which records who and when."""

    _inherit = "collection.dispute"

    decision = fields.Selection(
        [("valid", "Valid"), ("partly", "Partly Valid"), ("invalid", "Invalid")], copy=False, tracking=True
    )
    decided_on = fields.Datetime(readonly=True, copy=False)
    decided_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    asked_on = fields.Datetime(string="Collector Asked On", readonly=True, copy=False)
    asked_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    question = fields.Char(readonly=True, copy=False, help="What the resolver wants to know from the collector.")
    evidence_count = fields.Integer(compute="_compute_evidence_count", string="Documents Attached")
    is_resolver = fields.Boolean(
        compute="_compute_is_resolver", help="The current user may decide this dispute.", compute_sudo=False
    )

    @api.depends("message_attachment_count")
    def _compute_evidence_count(self):
        counts = dict(
            self.env["ir.attachment"]
            .sudo()
            ._read_group([("res_model", "=", self._name), ("res_id", "in", self.ids)], ["res_id"], ["__count"])
        )
        for dispute in self:
            dispute.evidence_count = counts.get(dispute.id, 0)

    @api.depends("user_id", "team_id")
    @api.depends_context("uid")
    def _compute_is_resolver(self):
        user = self.env.user
        manages = user.has_group("account_collections.group_assistant_manager")
        for dispute in self:
            team = dispute.team_id
            dispute.is_resolver = manages or user in (dispute.user_id | team.member_ids | team.user_id)

    def _guarded_fields(self):
        return super()._guarded_fields() | {"decided_on", "decided_by_id", "asked_on", "asked_by_id", "question"}

    # ------------------------------------------------------------------
    # Gate
    # ------------------------------------------------------------------

    def _update_state(self, allowed, target, **vals):
        changed = super()._update_state(allowed, target, **vals)
        if changed:
            changed._log_event("state", state=target, note=self.env.context.get("dispute_note"))
            self.env["collection.account"]._touch(accounts=changed.sudo().account_id.ids)
        return changed

    def _check_resolver(self):
        """Only those to whom it is routed, and managers, work on it."""
        self.check_access("write")
        refused = self.filtered(lambda dispute: not dispute.is_resolver)
        if refused and not self.env.su:
            raise AccessError(
                self.env._(
                    "%(dispute)s is with %(team)s: only its members, its lead and managers may do that.",
                    dispute=refused[0].name,
                    team=refused[0].team_id.name or self.env._("nobody yet"),
                )
            )

    def _check_follower(self):
        """Voiding and reopening is for those who follow the account."""
        if not self.env.user.has_group("account_collections.group_collector") and not self.env.su:
            raise AccessError(self.env._("Only collectors and managers void or reopen a dispute."))

    def _get_dispute_action(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }

    def _check_evidence(self, moment):
        """Refuse to go on without the documents that the reason asks for.

        :param moment: ``route`` or ``decide``
        """
        moments = {"route": ("route",), "decide": ("route", "decide")}[moment]
        for dispute in self.filtered(lambda dispute: dispute.reason_id.evidence in moments):
            if not dispute.evidence_count:
                raise UserError(
                    self.env._(
                        "“%(reason)s” needs a document: attach %(hint)s to %(dispute)s first.",
                        reason=dispute.reason_id.name,
                        hint=dispute.reason_id.evidence_hint or self.env._("the proof"),
                        dispute=dispute.name,
                    )
                )

    def _move_to(self, target):
        """A card was dragged to another column: the same step as its button."""
        steps = {
            "routed": self.action_route,
            "in_review": self.action_review,
            "closed": self.action_close,
        }
        if all(dispute.state == target for dispute in self):
            return
        if target not in steps:
            label = dict(self._fields["state"]._description_selection(self.env)).get(target, target)
            raise UserError(self.env._("Open the dispute and use its buttons to bring it to “%(state)s”.", state=label))
        steps[target]()

    # ------------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------------

    def action_route(self):
        """Hand the dispute to the team of its reason; the clock starts."""
        self.check_access("write")
        for dispute in self:
            if not dispute.team_id:
                raise UserError(self.env._("Choose a team for %(dispute)s first.", dispute=dispute.name))
        self._check_evidence("route")
        self._route()

    def _route(self):
        """Route what has a team, with whatever documents are there."""
        routed = self._update_state(("new",), "routed")
        routed._start_clock()
        routed._notify_team()

    def action_review(self):
        """Take the dispute and work on it; nobody's becomes one's own. Ends the wait for the customer."""
        self.check_access("write")
        self._check_resolver()
        waiting = self.filtered(lambda dispute: dispute.state == "waiting_customer")
        new = self.filtered(lambda dispute: dispute.state == "new")
        if new:
            new.action_route()
        (self - waiting)._update_state(("routed",), "in_review")
        waiting._end_waiting()
        for dispute in self.filtered(lambda dispute: not dispute.user_id):
            if self.env.user in dispute.team_id.member_ids | dispute.team_id.user_id:
                dispute.user_id = self.env.user

    def action_customer_answered(self):
        """The customer has answered, by whatever way: the clock goes on."""
        self.check_access("write")
        note = self.env._("The customer answered")
        waiting = self.filtered(lambda dispute: dispute.state == "waiting_customer")
        waiting.with_context(dispute_note=note)._end_waiting()
        for dispute in waiting:
            dispute._add_resolver_task(note)

    def action_close(self):
        """Close what is settled: the credit note is posted and applied, or nothing of the items is open any more."""
        self.check_access("write")
        self._judge()
        for dispute in self.filtered(lambda dispute: dispute.state != "closed"):
            if dispute.state not in LIVE:
                self._update_state(LIVE, "closed")  # says why not
            items = dispute.sudo().line_ids.move_line_id
            if any(not item.reconciled and item.parent_state == "posted" for item in items):
                raise UserError(dispute._why_not_closed())
            dispute._set_closed()

    def _why_not_closed(self):
        self.ensure_one()
        if self.state in UNDECIDED:
            return self.env._("%(dispute)s is not decided yet.", dispute=self.name)
        notes = self.sudo().credit_move_ids.filtered(lambda move: move.state != "cancel")
        if not notes:
            return self.env._(
                "%(dispute)s was found valid, but there is no credit note. Propose it again, or reopen the dispute.",
                dispute=self.name,
            )
        return self.env._(
            "%(dispute)s closes by itself once credit note %(note)s is posted and applied.",
            dispute=self.name,
            note=", ".join(note.name or self.env._("(draft)") for note in notes),
        )

    def _set_closed(self):
        now = fields.Datetime.now()
        for dispute in self:
            days = (now - (dispute.opened_on or now)).total_seconds() / 86400
            dispute._update_state(LIVE, "closed", closed_on=now, cycle_days=round(days, 2), asked_on=False)
        self.activity_unlink(["account_collections.mail_activity_type_dispute"])
        self._sync_holds(self.env._("The dispute is closed"))

    def _set_void(self, note):
        """End a dispute that should not be there; its hold is released at once."""
        self.with_context(dispute_note=note)._update_state(
            LIVE, "void", closed_on=fields.Datetime.now(), asked_on=False
        )
        self.activity_unlink(["account_collections.mail_activity_type_dispute"])
        self._sync_holds(self.env._("The dispute was void: %(note)s", note=note))

    def _reopen(self, note):
        """Work on it once more, with its full time; counted."""
        self._lock()
        for dispute in self:
            dispute.line_ids._check_distinct()
            reopened = dispute.with_context(dispute_note=note)._update_state(
                ("decided", "resolving", "closed", "void"),
                "in_review",
                decision=False,
                decided_on=False,
                decided_by_id=False,
                closed_on=False,
                cycle_days=0,
                reopen_count=dispute.reopen_count + 1,
            )
            if reopened:
                dispute.sudo().line_ids._unguarded().write({"accepted_currency": 0})
                reopened._log_event("reopen", note=note)
                reopened._start_clock()
                reopened._sync_holds(self.env._("The dispute was reopened"))
