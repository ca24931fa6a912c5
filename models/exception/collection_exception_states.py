from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_date

from .collection_exception import FACTS


class CollectionException(models.Model):
    """From a draft to what acts, and its end. Protective ones act once proposed; what lowers the pressure needs a manager."""

    _inherit = "collection.exception"

    may_decide = fields.Boolean(string="I May Decide", compute="_compute_may_decide")

    @api.depends("approval_ids.state")
    @api.depends_context("uid")
    def _compute_may_decide(self):
        for exception in self:
            exception.may_decide = any(exception.approval_ids.mapped("may_decide"))

    # ------------------------------------------------------------------
    # Proposing
    # ------------------------------------------------------------------

    def action_propose(self):
        """Propose drafts: protective ones act at once, all others once a manager has approved them.

        :raise ValidationError: something is missing, or another exception says the opposite
        :raise UserError: nobody else could approve
        """
        self.check_access("write")
        drafts = self.filtered(lambda each: each.state == "draft")
        (self - drafts)._update_state((), "proposed")
        drafts._propose(self.env.user)
        return True

    def action_submit(self):
        """The same as proposing, by the name that approvals use."""
        return self.action_propose()

    def _propose(self, requester):
        self._serialize()
        for exception in self:
            exception._check_complete()
            exception._check_contradictions()
            # One after the other, so that those proposed together are compared with each other too.
            exception._update_state(("draft",), "proposed")
        asked = self.filtered(lambda each: not each.is_protective or each._has_approver(requester))
        asked._request_approval(requester)
        for exception in self - asked:
            exception._message_log(
                body=self.env._("It acts from now on. Nobody else is there who could confirm it as a manager.")
            )
        self._take_effect()

    def _has_approver(self, requester):
        """Whether somebody else is there who could decide."""
        self.ensure_one()
        people = self.env["collection.approval"]._people_by_role(self.company_id)
        return bool(self._find_approvers(1, people, requester)[1])

    def _take_effect(self):
        """What begins or ends to act changes holds, dates and figures."""
        self.env["res.partner"].invalidate_model(["collection_exception_ids"])
        self._write_next_pay_run()
        accounts = self.account_id
        sellers = self.sales_partner_id
        if sellers:
            # All customers of the partner, whatever the user may see.
            customers = self.env["res.partner"].sudo().search([("collection_sales_partner_id", "in", sellers.ids)])
            self.env["collection.account"]._touch(partners=customers.ids)
        if "hold" in self.mapped("effect"):
            self.sudo()._sync_holds(None if sellers else accounts)
        self.env["collection.account"]._touch(accounts=accounts.ids)
        accounts.sudo()._refresh()  # figures are the system's own

    # ------------------------------------------------------------------
    # Approval
    # ------------------------------------------------------------------

    def _approval_kind(self):
        return "exception"

    def _approval_is_open(self):
        return self.state == "proposed"

    def _approval_facts(self):
        self.ensure_one()
        facts = {}
        for name in FACTS:
            value = self[name]
            facts[name] = sorted(value.ids) if self._fields[name].relational else value
        return facts

    def _approval_summary(self):
        self.ensure_one()
        _ = self.env._
        details = [
            (_("From"), format_date(self.env, self.date_from)),
            (_("Until"), format_date(self.env, self.date_to) or _("until it is ended")),
            (_("Instruction"), self.instruction),
            (_("Evidence"), ", ".join(self.sudo().attachment_ids.mapped("name"))),
        ]
        return {
            "title": _("%(exception)s: %(whom)s", exception=self.display_name, whom=self.scope_text),
            "amount": self.amount,
            "currency": self.currency_id,
            "partner": self.partner_id or self.sales_partner_id,
            "effect": self.summary,
            "details": [(label, text) for label, text in details if text],
        }

    def _on_approved(self):
        result = super()._on_approved()
        for exception in self.filtered(lambda each: each.state == "proposed"):
            signed = exception.approval_ids.filtered(lambda each: each.state == "approved").sorted("id")[-1:]
            exception._update_state(
                ("proposed",),
                "approved",
                approver_id=signed.approver_id.id,
                approved_on=exception.company_id._collection_today(),
            )
        self._take_effect()
        return result

    def _on_refused(self, reason):
        result = super()._on_refused(reason)
        refused = self.filtered(lambda each: each.state == "proposed")
        refused._end("refused", reason)
        return result

    def _on_voided(self, reason):
        result = super()._on_voided(reason)
        back = self.filtered(lambda each: each.state == "proposed")
        back._update_state(("proposed",), "draft")
        back._take_effect()
        return result

    # ------------------------------------------------------------------
    # Ending
    # ------------------------------------------------------------------

    def action_end(self, reason=None):
        """End exceptions before their time: from now on they do not act any more.

        :raise AccessError: the user is no assistant manager or manager
        """
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group("account_collections.group_assistant_manager"):
            raise AccessError(self.env._("Only assistant managers and managers end exceptions."))
        self._end("expired", reason or self.env._("Ended by %(user)s", user=self.env.user.name))
        return True

    def _end(self, state, reason):
        """Bring live exceptions to their end, and take back what they did."""
        waiting = self.filtered(lambda each: each.approval_state == "waiting")
        ended = self.browse()
        for company, group in self.grouped("company_id").items():
            ended |= group._update_state(
                ("proposed", "approved"), state, ended_on=company._collection_today(), closed_reason=reason
            )
        waiting._void_approvals(reason)
        ended._release_holds(reason)
        for exception in ended:
            exception._message_log(body=reason)
        ended._take_effect()
        return ended

    # ------------------------------------------------------------------
    # Uploading
    # ------------------------------------------------------------------

    def _ask_for_upload(self, move):
        """A task to upload a document to the customer's portal, for whoever works the account; one at a time."""
        self.ensure_one()
        kind = self.env.ref("account_collections.mail_activity_type_upload")
        known = self.env["mail.activity"].sudo()  # whoever it is for
        if known.search_count(
            [("res_model", "=", move._name), ("res_id", "=", move.id), ("activity_type_id", "=", kind.id)], limit=1
        ):
            return
        account = self.env["collection.account"].sudo()._for_partner(move.partner_id, move.company_id)
        move.activity_schedule(
            activity_type_id=kind.id,
            date_deadline=move.company_id._collection_today(),
            summary=self.env._("Upload to the customer's portal"),
            note=f"{self._label()} {self.instruction or ''}".strip(),
            user_id=account._task_user().id,
        )
