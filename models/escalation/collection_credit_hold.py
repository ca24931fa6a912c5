from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

LIVE = ("proposed", "active")


class CollectionCreditHold(models.Model):
    """A customer of a company to whom nothing more is sold on credit (SPEC §8). It never stops chasing.

    Each row is one hold from its proposal or setting to its end; rows are kept as the account's history.
    """

    _name = "collection.credit.hold"
    _description = "Credit Hold"
    _inherit = ["collection.guard", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_names_search = ["name", "partner_id"]
    _check_company_auto = True
    _mail_post_access = "read"

    name = fields.Char(string="Number", default="/", readonly=True, copy=False)
    account_id = fields.Many2one(
        "collection.account", required=True, readonly=True, index=True, ondelete="restrict", check_company=True
    )
    company_id = fields.Many2one(related="account_id.company_id", store=True, precompute=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        related="account_id.partner_id", string="Customer", store=True, precompute=True, index=True
    )
    collector_id = fields.Many2one(related="account_id.collector_id")
    state = fields.Selection(
        [("proposed", "Proposed"), ("active", "On Hold"), ("lifted", "Lifted"), ("refused", "Not Set")],
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        group_expand=True,
    )
    source = fields.Selection(
        [("manual", "By hand"), ("step", "Dunning step"), ("escalation", "Decision")],
        string="Set By Way Of",
        required=True,
        readonly=True,
    )
    escalation_id = fields.Many2one("collection.escalation", readonly=True, index="btree_not_null", ondelete="restrict")
    notice_id = fields.Many2one("collection.notice", readonly=True, index="btree_not_null", ondelete="set null")
    reason = fields.Text(required=True, readonly=True)
    amount_overdue = fields.Monetary(
        string="Overdue Then", readonly=True, help="When the hold was proposed or, without a proposal, set."
    )
    amount_overdue_now = fields.Monetary(related="account_id.amount_overdue", string="Overdue Now")
    proposed_date = fields.Date(string="Proposed", readonly=True)
    date_from = fields.Date(string="On Hold Since", readonly=True)
    date_to = fields.Date(string="Ended", readonly=True)
    set_by_id = fields.Many2one("res.users", readonly=True)
    ended_by_id = fields.Many2one("res.users", readonly=True)
    end_reason = fields.Text(string="Why Ended", readonly=True)
    release_proposed_date = fields.Date(
        string="Release Proposed",
        readonly=True,
        help="Since that day less is overdue than the limit of the policy.",
    )

    _one_live = models.UniqueIndex(
        "(account_id) WHERE state IN ('proposed', 'active')",
        "The account is on credit hold already, or it is proposed.",
    )

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for hold in self:
            hold.display_name = f"{hold.name} {hold.partner_id.name}" if hold.partner_id.name else hold.name

    def _banner(self):
        """What a banner says of a hold in force."""
        self.ensure_one()
        return self.env._(
            "Credit hold since %(day)s: %(reason)s",
            day=format_date(self.env, self.date_from),
            reason=" ".join(self.reason.split()),
        )

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    def _guarded_fields(self):
        own = {name for name in self._fields if not name.startswith(("message_", "activity_"))}
        return frozenset(own - {"website_message_ids", "my_activity_date_deadline", "rating_ids"})

    def _update_state(self, allowed, target, **vals):
        changed = super()._update_state(allowed, target, **vals)
        if changed:
            # The tasks are the system's; whoever ends a hold need not be the one who has it.
            changed.sudo().activity_unlink(["account_collections.mail_activity_type_credit_hold"])
            changed._after_change()
        return changed

    def _after_change(self):
        self.env["collection.account"]._touch(accounts=self.account_id.ids)
        self.account_id.invalidate_recordset(["credit_hold_id", "credit_hold_text"], flush=False)

    # ------------------------------------------------------------------
    # Setting
    # ------------------------------------------------------------------

    def _set_active(self, note=None, **vals):
        """Proposed holds take effect."""
        for company, holds in self.grouped("company_id").items():
            for hold in holds:
                reason = f"{hold.reason}\n{note}" if note else hold.reason
                hold._update_state(
                    ("proposed",),
                    "active",
                    date_from=company._collection_today(),
                    set_by_id=self.env.uid,
                    reason=reason,
                    **vals,
                )
        self._tell_about_setting()

    def _set_refused(self, reason):
        """Proposed holds come to nothing."""
        for company, holds in self.grouped("company_id").items():
            holds._update_state(
                ("proposed",),
                "refused",
                date_to=company._collection_today(),
                ended_by_id=self.env.uid,
                end_reason=reason,
            )

    def _tell_about_setting(self):
        """The account's page says it, and the collector and the customer's salesperson learn of it."""
        for hold in self.sudo():
            text = self.env._("Credit hold since today: %(reason)s", reason=hold.reason)
            hold.account_id._message_log(body=text)
            people = (hold.account_id.collector_id | hold.partner_id.user_id) - self.env.user
            people = people.filtered(lambda user: user.active and not user.share)
            if people:
                hold.message_notify(partner_ids=people.partner_id.ids, subject=hold.display_name, body=text)

    # ------------------------------------------------------------------
    # Ending
    # ------------------------------------------------------------------

    def _lift(self, reason):
        """End holds; for managers only.

        :raise AccessError: the user is no manager
        :raise UserError: there is no reason, or nothing to lift
        """
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group("account_collections.group_manager"):
            raise AccessError(self.env._("Only AR managers lift a credit hold."))
        if not (isinstance(reason, str) and reason.strip()):
            raise UserError(self.env._("Say why the credit hold is lifted."))
        lifted = self.browse()
        # Holds are the system's own; that the user may lift them was checked above.
        for company, group in self.sudo().grouped("company_id").items():
            lifted += group._update_state(
                ("active",),
                "lifted",
                date_to=company._collection_today(),
                ended_by_id=self.env.uid,
                end_reason=reason.strip(),
                release_proposed_date=False,
            )
        for hold in lifted:
            text = self.env._("Credit hold lifted: %(reason)s", reason=reason.strip())
            hold.account_id._message_log(body=text)

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def _check_may_set(self):
        """Whom a step names sets what it proposed; else assistant managers and managers."""
        if self.env.user.has_group("account_collections.group_assistant_manager"):
            return
        raise UserError(self.env._("Only assistant managers and managers put customers on credit hold."))

    def action_accept(self):
        """Set what was proposed."""
        self.check_access("read")
        self._check_may_set()
        for hold in self:
            if hold.state != "proposed":
                hold._update_state(("proposed",), "active")  # says why not
            hold.sudo()._set_active()  # as in _lift
            hold._finish_step()

    def action_refuse(self):
        """Ask why what was proposed comes to nothing."""
        return self._change_dialog("refuse")

    def action_lift(self):
        """Ask why the hold ends."""
        if not self.env.user.has_group("account_collections.group_manager"):
            raise AccessError(self.env._("Only AR managers lift a credit hold."))
        return self._change_dialog("lift")

    def _refuse(self, reason):
        self.check_access("read")
        self._check_may_set()
        # The step falls with it, which is for whom the step names; the notice is the system's.
        self.sudo().notice_id.filtered(lambda notice: notice.state == "due")._check_responsible()
        if not (isinstance(reason, str) and reason.strip()):
            raise UserError(self.env._("Say why the customer is not put on credit hold."))
        self.sudo()._set_refused(reason.strip())  # as in _lift
        for hold in self:
            hold._finish_step()

    def _finish_step(self):
        """The step that proposed the hold is reached, however it was decided."""
        step = self.sudo().notice_id  # as in _lift
        if step.state == "due":
            step._set_sent()
            step.run_id._close_if_done()

    def action_view_account(self):
        """Open the account's page."""
        self.ensure_one()
        return self.account_id.action_open()
