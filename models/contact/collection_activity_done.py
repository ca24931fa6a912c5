from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CollectionActivity(models.Model):
    """Logging a contact, and what follows from it."""

    _inherit = "collection.activity"

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_done(self):
        """Log contacts that were entered: from now on they are facts, and the outcome takes effect on the accounts.

        :raise ValidationError: what the outcome asks for is missing
        :raise UserError: an outbound call may not begin now
        """
        self.check_access("write")
        todo = self.filtered(lambda activity: activity.state == "draft")
        todo._check_editable()
        todo._check_complete()
        todo._check_begun()
        todo._set_done()
        return self._action_case() or {"type": "ir.actions.act_window_close"}

    def action_done_next(self):
        """Log the contact, enter the case that its outcome leads to, and open the next account of the worklist."""
        case = self.with_context(collection_then_next=True).action_done()
        if case.get("type") != "ir.actions.act_window_close" or not self.account_id:
            return case
        return self.account_id.action_next()

    # ------------------------------------------------------------------
    # The case that the outcome leads to
    # ------------------------------------------------------------------

    def _action_case(self):
        """The dialog in which what the customer said is entered, with what is known from the contact; None where there is none."""
        action = self._open_case() if len(self) == 1 and self.account_id else None
        if not action:
            return None
        kept = ("collection_list_ids", "collection_then_next")
        known = {"collection_activity_id": self.id, "default_contact_id": self.contact_id.id}
        context = {key: self.env.context[key] for key in kept if key in self.env.context}
        return {**action, "context": {**(action.get("context") or {}), **known, **context}}

    def _open_case(self):
        """The action that opens the case of the outcome, or None. Rooms and dialogs add theirs."""
        self.ensure_one()
        return self.account_id.action_new_inquiry() if self.outcome_id.case == "inquiry" else None

    @api.model
    def _case_entered(self, name, record):
        """Go on after a case was entered: link it to the contact from which it came, and open the next account if that was asked for.

        Context: `collection_activity_id`, `collection_then_next`, as `_action_case` sets them.

        :param name: field of the contact that leads to such a case
        :param record: the case, with an `account_id`
        :return: an action
        """
        contact = self.browse(self.env.context.get("collection_activity_id") or ()).exists()
        # The id comes from the client: only one's own contact, with that customer, and only once.
        if contact.user_id == self.env.user and record.account_id in contact.account_ids and not contact[name]:
            contact._unguarded()[name] = record
        if self.env.context.get("collection_then_next"):
            return record.account_id.action_next()
        return {"type": "ir.actions.act_window_close"}

    def _check_complete(self):
        labels = {name: field["string"] for name, field in self.fields_get(attributes=["string"]).items()}
        today = {company: company._collection_today() for company in self.company_id}
        for activity in self:
            outcome = activity.outcome_id
            if not outcome and activity.channel != "note":
                raise ValidationError(
                    self.env._("%(contact)s: choose an outcome first.", contact=activity.display_name)
                )
            if outcome and not outcome._fits(activity):
                raise ValidationError(
                    self.env._(
                        "“%(outcome)s” is no outcome of this kind of contact.",
                        outcome=outcome.name,
                    )
                )
            if not outcome and not (activity.note or "").strip():
                raise ValidationError(self.env._("A note needs its text."))
            missing = outcome._missing_fields(activity) if outcome else []
            if missing:
                raise ValidationError(
                    self.env._(
                        "“%(outcome)s” needs: %(fields)s.",
                        outcome=outcome.name,
                        fields=", ".join(labels[name] for name in missing),
                    )
                )
            if activity.next_action_date and activity.next_action_date < today[activity.company_id]:
                raise ValidationError(
                    self.env._("%(contact)s: the next action cannot be in the past.", contact=activity.display_name)
                )

    def _set_done(self):
        """Bring contacts to *done*, with a number and the minutes they took, and let their outcomes take effect."""
        now = fields.Datetime.now()
        for activity in self:
            vals = {}
            if activity.name == "/":
                # Numbers are the system's; a collector has no right on sequences.
                vals["name"] = self.env["ir.sequence"].sudo().next_by_code(self._name) or "/"
            if activity.timer_running:
                vals.update(duration=max(0, (now - activity.date).total_seconds() / 60), timer_running=False)
            activity._update_state({"draft"}, "done", **vals)
            activity._take_effect()

    # ------------------------------------------------------------------
    # What follows
    # ------------------------------------------------------------------

    def _take_effect(self):
        """What a logged contact changes on its accounts. Rooms above extend it.

        What a sales partner says about them is work done, but no word of their customers.
        """
        self.ensure_one()
        accounts, outcome = self.account_ids, self.outcome_id
        customers = accounts.browse() if self.sales_partner_id else accounts
        if self.is_right_party:
            customers._note_contact()
        if outcome.completes_work:
            accounts._work(
                "done",
                note=self.note,
                next_action=self.next_action,
                next_action_date=self.next_action_date,
                next_action_time=self.next_action_time,
                activity_id=self.id,
            )
        else:
            if self.next_action or self.next_action_date:
                names = ("next_action", "next_action_date", "next_action_time")
                accounts.write({name: self[name] for name in names})
            accounts.sudo()._refresh()  # figures are the system's own
        if outcome.stage:
            customers._set_stage(outcome.stage, outcome.name, self)
        if self.is_attempt:
            customers._derive_stages()

    def _log(self, vals_list):
        """Log contacts that have taken place by themselves (a mail sent or received, the portal): no mandatory fields are asked for.

        :return: the contacts, done
        """
        activities = self.create(vals_list)
        activities._set_done()
        return activities
