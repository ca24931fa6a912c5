from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .collection_escalation import DECISIONS


class CollectionEscalation(models.Model):
    """Deciding: each decision acts on the account."""

    _inherit = "collection.escalation"

    def _decide(self, decision, note):
        """Decide on open escalations, in one's own role or in the place of an absent person, and do what was decided.

        :param decision: one of `DECISIONS`
        :param note: what is to be done, or why
        :raise UserError: the user may not, nothing was said, or somebody else was first
        """
        self.check_access("read")
        if decision not in dict(DECISIONS):
            raise UserError(self.env._("Choose what is to happen."))
        if not (isinstance(note, str) and note.strip()):
            raise UserError(self.env._("Say what is to be done, and why: the collector is told."))
        self._lock()
        self._check_open()
        identities = self._check_may_decide()
        labels = dict(self._fields["decision"]._description_selection(self.env))
        texts = {}
        for (company, person), group in self.grouped(lambda each: (each.company_id, identities[each])).items():
            # All fields are the system's own; that this user may decide was checked above.
            group.sudo()._update_state(
                ("open",),
                "decided",
                decision=decision,
                decision_note=note.strip(),
                decided_by_id=self.env.uid,
                on_behalf_id=person.id if person != self.env.user else False,
                decided_on=fields.Datetime.now(),
                decided_date=company._collection_today(),
            )
        for each in self:
            texts[each] = self.env._(
                "%(user)s decided: %(decision)s. %(note)s",
                user=self.env.user.name,
                decision=labels[decision],
                note=note.strip(),
            )
        self._log_event("decided", note=texts)
        for each in self:
            # Whoever decides acts in the role of the one to decide, also as a substitute.
            getattr(each.sudo(), f"_do_{decision}")(note.strip())
            each.account_id._message_log(body=f"{each.name}. {texts[each]}")
        self._tell_those_who_wait(texts)

    def action_withdraw(self):
        """Take back what one asked for oneself; managers take back any."""
        self.check_access("read")
        self._lock()
        self._check_open()
        manages = self.env.user.has_group("account_collections.group_manager")
        for each in self:
            if each.from_user_id != self.env.user and not manages:
                raise UserError(
                    self.env._(
                        "%(what)s was asked for by somebody else: only they or a manager take it back.", what=each.name
                    )
                )
        self.sudo()._update_state(("open",), "withdrawn")  # as above
        self._log_event("withdrawn")

    def action_decide(self):
        """Ask what is to happen."""
        self.check_access("read")
        self._check_open()
        self._check_may_decide()
        return self._decide_dialog()

    def _lock(self):
        """Wait for whoever decides on the same thing at this moment; their commit makes Odoo repeat this call."""
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                "SELECT id FROM collection_escalation WHERE id IN %s ORDER BY id FOR NO KEY UPDATE",
                tuple(self.ids) or (0,),
            ),
            log_exceptions=False,
        )
        self.invalidate_recordset(flush=False)

    def _check_open(self):
        """Tell who was first."""
        states = dict(self._fields["state"]._description_selection(self.env))
        for each in self:
            if each.state == "decided":
                raise UserError(
                    self.env._(
                        "%(what)s is decided already: %(user)s, %(time)s.",
                        what=each.display_name,
                        user=each.decided_by_id.sudo().name,
                        time=each.company_id._collection_local_time(each.decided_on),
                    )
                )
            if each.state != "open":
                raise UserError(
                    self.env._("%(what)s is “%(state)s”.", what=each.display_name, state=states[each.state])
                )

    # ------------------------------------------------------------------
    # What decisions do
    # ------------------------------------------------------------------

    def _do_advise(self, note):
        """The collector gets the advice as a task for today; it stands in the worklist."""
        account = self.account_id
        account._give_task(self.env._("Advice: %(note)s", note=note), note)

    def _do_take_over(self, note):
        """The account is the decider's own from now on."""
        self.account_id._assign(
            self.env.user,
            kind="escalation",
            reason=self.env._("%(escalation)s: %(note)s", escalation=self.name, note=note),
        )

    def _do_hold(self, note):
        """The customer is on credit hold."""
        if not self.account_id.credit_hold_id:
            self.account_id._set_credit_hold(note, source="escalation", escalation=self)

    def _do_placement(self, note):
        """The account is put up for placement with an agency."""
        self.account_id._propose_placement(self.env._("%(escalation)s: %(note)s", escalation=self.name, note=note))

    def _do_change_plan(self, note):
        """The account's plan of action is to be changed."""
        self.account_id._change_plan(note, self)
