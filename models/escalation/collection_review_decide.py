from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class CollectionReviewItem(models.Model):
    """Opinions and decisions. What needs an approval is approved or refused there, with the rights that count there."""

    _inherit = "collection.review.item"

    # ------------------------------------------------------------------
    # Opinions
    # ------------------------------------------------------------------

    def action_for(self, comment=None):
        """The user is for these."""
        self._opine("for", comment)

    def action_against(self, comment=None):
        """The user is against these, with the reason.

        :raise UserError: there is no reason
        """
        if not (isinstance(comment, str) and comment.strip()):
            raise UserError(self.env._("Say why you are against it: it is part of the minutes."))
        self._opine("against", comment)

    def action_abstain(self, comment=None):
        """The user has no opinion on these."""
        self._opine("abstain", comment)

    def _opine(self, opinion, comment=None):
        """Record the user's opinion on these, beside an earlier one; the last one counts."""
        self._check_sitting()
        user = self.env.user
        for review in self.review_id:
            if user not in review.participant_ids:
                raise UserError(
                    self.env._("%(user)s does not take part in %(review)s.", user=user.name, review=review.name)
                )
        # Opinions are part of the minutes: the system's rows, in the name of whoever gave them.
        earlier = self.sudo().opinion_ids.filtered(lambda each: each.is_current and each.user_id == user)
        earlier._unguarded().write({"is_current": False})
        earlier.flush_recordset()
        earlier._unguarded().create(
            [{"item_id": item.id, "user_id": user.id, "opinion": opinion, "comment": comment} for item in self]
        )

    def _check_sitting(self):
        """:raise UserError: the meeting is over, or something is decided already"""
        self.check_access("read")
        if not self.env.user.has_group("account_collections.group_assistant_manager"):
            raise AccessError(self.env._("Assistant managers and managers go through the agenda."))
        self.review_id._check_open()
        for item in self:
            if item.state != "open":
                labels = dict(self._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._("%(what)s is decided already: %(state)s.", what=item.name, state=labels[item.state])
                )

    # ------------------------------------------------------------------
    # Decisions
    # ------------------------------------------------------------------

    def action_approve(self, comment=None):
        """Approve these, all of them or none."""
        return self._decide("approved", comment)

    def action_refuse(self, comment=None):
        """Refuse these, with the reason.

        :raise UserError: there is no reason
        """
        if not (isinstance(comment, str) and comment.strip()):
            raise UserError(self.env._("Refusing needs a reason: whoever asked is told."))
        return self._decide("refused", comment)

    def action_defer(self, comment=None):
        """Leave these to the next meeting: nothing is decided on them."""
        self._check_sitting()
        self._note_decision("deferred", comment)

    def _decide(self, decision, comment):
        """Decide in the user's name: requests through their approvals, all else by `_apply_decision`.

        :return: a message where something changed since it was asked for, and is therefore not approved
        """
        self._check_sitting()
        asked = self.filtered("approval_id")
        message = None
        if asked:
            approvals = asked.approval_id
            message = approvals.action_approve(comment) if decision == "approved" else approvals.action_refuse(comment)
        for item in self - asked:
            record = item._record()
            if not record:
                raise UserError(self.env._("%(what)s no longer exists.", what=item.name))
            item._apply_decision(record, decision, comment)
        decided = self.filtered(lambda item: not item.approval_id or item.approval_id.state == decision)
        decided._note_decision(decision, comment)
        # The next signature of the same thing is asked for now.
        about = {(item.res_model, item.res_id) for item in decided.filtered("approval_id")}
        if about:
            self.review_id._gather(about)
        return message

    def _apply_decision(self, record, decision, comment):
        """Do, with the user's rights, what was decided on something for which nobody asked an approval. Rooms add their kinds.

        :param record: what the item is about
        :param decision: ``approved`` or ``refused``
        :param comment: the words of the decision, never empty when refused
        """
        if self.kind == "hold" and decision == "refused":
            holds = record.hold_ids.filtered(lambda hold: hold.kind == "manual" and hold.is_live and hold._is_long())
            holds.action_release()
        elif self.kind == "credit_hold":
            record.action_accept() if decision == "approved" else record._refuse(comment)
        elif self.kind == "placement_review":
            record.action_done() if decision == "approved" else record.action_cancel()

    def _note_decision(self, decision, comment):
        """Write decisions into the minutes, with whose place the decider took."""
        now = fields.Datetime.now()
        for behalf, items in self.grouped(lambda item: item.approval_id.on_behalf_id).items():
            # The agenda's rows are the system's; what was decided was allowed.
            items.sudo()._unguarded().write(
                {
                    "decision": decision,
                    "comment": comment,
                    "decided_by_id": self.env.uid,
                    "on_behalf_id": behalf.id if decision != "deferred" else False,
                    "decided_on": now,
                }
            )

    def _note_approval(self):
        """Somebody decided elsewhere while this stood on the agenda: into the minutes, as it was."""
        approval = self.approval_id
        self.write(
            {
                "decision": approval.state,
                "comment": approval.comment,
                "decided_by_id": approval.approver_id.id,
                "on_behalf_id": approval.on_behalf_id.id,
                "decided_on": approval.decided_on,
            }
        )
