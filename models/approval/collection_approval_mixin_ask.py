from collections import defaultdict

from odoo import SUPERUSER_ID, models
from odoo.exceptions import UserError

from .res_users import roles_from


class CollectionApprovalMixin(models.AbstractModel):
    """Asking, by sets, and going on after a decision."""

    _inherit = "collection.approval.mixin"

    # ------------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------------

    def _request_approval(self, requester):
        """Ask for approval by sets; `requester` is a user, the superuser where the system asks.

        :return: the requests
        :raise UserError: one waits or is approved already; or a person asks and nobody else could approve
        """
        for record in self:
            if record.approval_state in ("waiting", "approved"):
                state = dict(self._fields["approval_state"]._description_selection(self.env))[record.approval_state]
                raise UserError(
                    self.env._("%(record)s is submitted already: %(state)s.", record=record.display_name, state=state)
                )
        free = self.filtered(lambda record: not record._approval_roles())
        asked = self - free
        approvals = asked._ask(1, requester)
        asked._set_approval_state("waiting")
        asked._on_submitted()
        free._set_approval_state("not_needed")
        free.sudo()._on_approved()  # with the rights that it has after a decision
        return approvals

    def _ask(self, level, requester):
        """The requests of one level, and the tasks of those who decide."""
        Approval = self.env["collection.approval"]
        people = {company: Approval._people_by_role(company) for company in self.company_id}
        earlier = self._earlier_approvers() if level > 1 else {}
        values, groups = [], []
        for record in self:
            excluded = requester | earlier.get(record.id, requester)
            role, users = record._find_approvers(level, people[record.company_id], excluded)
            if not users and requester.id != SUPERUSER_ID:
                raise UserError(record._nobody_can_approve(role))
            values.append(record._prepare_approval_vals(role, level, requester))
            groups.append((users, excluded))
        approvals = Approval._request(values)
        self._tell(approvals, groups)
        return approvals

    def _tell(self, approvals, groups):
        """Each group of people is told of its requests; so is who stands in for one of them today."""
        told = defaultdict(approvals.browse)
        for approval, (users, excluded) in zip(approvals, groups):
            told[approval.company_id, users, excluded] |= approval
        for (company, users, excluded), requests in told.items():
            absences = self.env["collection.substitution"].sudo()._current(company)  # everybody's absences count
            deputies = absences.filtered(lambda each: each.user_id in users).substitute_id
            if everybody := (users | deputies) - excluded:
                self._notify_approvers(everybody.with_env(self.env), requests)

    def _earlier_approvers(self):
        """Who signed an earlier level of the current round: dict of record id to `res.users`."""
        rows = self.sudo().approval_ids._live_of_record().filtered("approver_id")  # the levels are the system's record
        return {
            res_id: (group.approver_id | group.on_behalf_id).with_env(self.env)
            for res_id, group in rows.grouped("res_id").items()
        }

    def _find_approvers(self, level, people, excluded):
        """The lowest role at or above the level's in which somebody may decide, and who; without anybody the level's own role."""
        needed = self._approval_roles()[level - 1]
        for role in roles_from(needed):
            users = self._may_approve(people[role] - excluded)
            if users:
                return role, users
        return needed, people[needed].browse()

    def _nobody_can_approve(self, role):
        """What is missing, in words."""
        roles = dict(self.env["collection.approval"]._selection_role())
        return self.env._(
            "Nobody else can approve %(record)s: %(company)s needs another user with the role “%(role)s” or a higher one.",
            record=self.display_name,
            company=self.company_id.name,
            role=roles[role],
        )

    def _prepare_approval_vals(self, role, level, requester):
        """Values of the request; rooms add what they know of the record."""
        summary = self._approval_summary()
        currency = summary.get("currency") or self.company_id.currency_id
        return {
            "res_model": self._name,
            "res_id": self.id,
            "level": level,
            "kind": self._approval_kind(),
            "company_id": self.company_id.id,
            "currency_id": currency.id,
            "role": role,
            "requester_id": requester.id,
            "title": summary["title"],
            "amount": summary.get("amount", 0.0),
            "partner_id": summary["partner"].id if summary.get("partner") else False,
            "date_since": summary.get("since"),
            "effect": summary.get("effect"),
            "details": [list(row) for row in summary.get("details", ())],
            "facts": self._approval_snapshot(),
        }

    # ------------------------------------------------------------------
    # Decided
    # ------------------------------------------------------------------

    def _approval_decided(self, approvals, state):
        """Go on after a decision: the next level, or what the room does."""
        mine = approvals.filtered(lambda each: each.res_model == self._name)
        of_record = {each.res_id: each for each in mine}
        self._log_decision(of_record, state)
        if state == "refused":
            for reason, group in self.grouped(lambda record: of_record[record.id].comment).items():
                group._set_approval_state("refused")
                group._on_refused(reason)
            return
        for (level, requester), group in self.grouped(
            lambda record: (of_record[record.id].level, of_record[record.id].requester_id)
        ).items():
            more = group.filtered(lambda record: len(record._approval_roles()) > level)
            more._ask(level + 1, requester)
            done = group - more
            done._set_approval_state("approved")
            done._on_approved()

    def _set_approval_state(self, state):
        if self:
            self._unguarded().write({"approval_state": state})

    def _log_decision(self, approvals, state):
        """Note in each record's thread who decided what, and in whose place."""
        said = {"approved": self.env._("Approved"), "refused": self.env._("Refused")}[state]
        bodies = {}
        for record in self:
            approval = approvals[record.id]
            place = ""
            if approval.on_behalf_id:
                place = self.env._(" on behalf of %(user)s", user=approval.on_behalf_id.name)
            who = f"{said}: {approval.approver_id.name}{place}"
            bodies[record.id] = f"{who}. {approval.comment}" if approval.comment else who
        self._log_approval(bodies)

    def _log_approval(self, bodies):
        if bodies and hasattr(self, "_message_log_batch"):
            self._message_log_batch(bodies)
