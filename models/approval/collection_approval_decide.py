from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .res_users import ROLES, roles_from


class CollectionApproval(models.Model):
    """Who decides, and deciding."""

    _inherit = "collection.approval"

    # ------------------------------------------------------------------
    # Who
    # ------------------------------------------------------------------

    @api.model
    def _people_by_role(self, company):
        """The users who have a role in a company: dict of role to `res.users`, each under their highest role."""
        lowest = self.env.ref(next(iter(ROLES.values())))
        # Who approves is no secret, and whoever asks need not have rights on users.
        users = (
            self.env["res.users"]
            .sudo()
            .search([("all_group_ids", "in", lowest.id), ("company_ids", "in", company.id), ("id", "!=", SUPERUSER_ID)])
        )
        people = users.grouped(lambda user: user._collection_approver_role())
        return {role: people.get(role, users.browse()) for role in ROLES}

    def _earlier_people(self):
        """Who gave an earlier signature of the same request, also through a substitute: a second one is somebody else's."""
        self.ensure_one()
        if self.level == 1:
            return self.env["res.users"]
        # The earlier levels may have been decided by people whose records the user does not see.
        earlier = self.sudo()._live_of_record().filtered(lambda each: each.level < self.level)
        return (earlier.approver_id | earlier.on_behalf_id).with_env(self.env)

    def _live_of_record(self):
        """The rows of the current round of each record: not void, and after its last refusal."""
        rows = self.search(
            [("res_model", "in", list(set(self.mapped("res_model")))), ("res_id", "in", self.mapped("res_id"))],
            order="id",
        )
        live = self.browse()
        for group in rows.grouped(lambda row: (row.res_model, row.res_id)).values():
            refused = max(group.filtered(lambda row: row.state == "refused").ids, default=0)
            live |= group.filtered(lambda row: row.id > refused and row.state in ("waiting", "approved"))
        return live

    def _acting_for(self, user):
        """As whom `user` may decide on each of these: themself, an absent person whose substitute they are, or nobody (empty).

        Who asked decides on nothing of it: neither in person, nor through a substitute, nor as one.

        :return: dict of approval to `res.users`
        """
        identities = {company: user._collection_identities(company) for company in self.company_id}
        records = {(record._name, record.id): record for group in self._records_by_model() for record in group}
        return {
            approval: approval._identity(
                user, identities[approval.company_id], records.get((approval.res_model, approval.res_id))
            )
            for approval in self
        }

    def _identity(self, user, identities, record):
        """The first of the user's identities that may decide on this request about a record."""
        nobody, earlier = self.env["res.users"], self._earlier_people()
        if user.id == SUPERUSER_ID or user == self.requester_id or user in earlier:
            return nobody
        for person, excluded in identities.items():
            if self.requester_id in excluded or person in earlier:
                continue
            if person._collection_approver_role() not in roles_from(self.role):
                continue
            if record and not record._may_approve(person):
                continue
            return person
        return nobody

    def _check_may_decide(self, user):
        """As `_acting_for`, where somebody may on all of these.

        :raise UserError: in words, why the user may not
        """
        acting = self._acting_for(user)
        for approval, person in acting.items():
            if not person:
                raise UserError(approval._why_not(user))
        return acting

    def _why_not(self, user):
        what, _ = self.title, self.env._
        if user.id == SUPERUSER_ID:
            return _("%(what)s: approvals are given by people, never by the system.", what=what)
        if user == self.requester_id:
            return _("%(what)s: you asked for this yourself, so somebody else decides.", what=what)
        if user in self._earlier_people():
            return _("%(what)s: you gave the first signature; the second is somebody else's.", what=what)
        roles = dict(self._selection_role())
        own = user._collection_approver_role()
        if own and own in roles_from(self.role):
            return _("%(what)s is beyond what you may approve.", what=what)
        return _("%(what)s is decided by: %(role)s.", what=what, role=roles[self.role])

    # ------------------------------------------------------------------
    # Deciding
    # ------------------------------------------------------------------

    def action_approve(self, comment=None):
        """Approve what waits, in one's own role or that of an absent person.

        What changed since it was asked becomes void instead, and the user is told.
        """
        return self.browse(self.ids)._decide("approved", comment)  # read together, wherever they were found

    def action_refuse(self, reason=None):
        """Refuse what waits.

        :raise UserError: there is no reason
        """
        if not (isinstance(reason, str) and reason.strip()):
            raise UserError(self.env._("Refusing needs a reason: whoever asked is told."))
        return self.browse(self.ids)._decide("refused", reason)  # as above

    def action_withdraw(self):
        """Take back what one asked for oneself and nobody decided on."""
        self.check_access("read")
        self._lock()
        for approval in self:
            if approval.requester_id != self.env.user:
                raise UserError(self.env._("%(what)s was asked for by somebody else.", what=approval.title))
        self._check_waiting()
        for records in self._records_by_model():
            records._void_approvals(self.env._("Withdrawn by %(user)s", user=self.env.user.name))

    def _decide(self, state, comment):
        self.check_access("read")
        self._lock()
        self._check_waiting()
        for approvals in self.grouped("res_model").values():
            if len(approvals._records() or ()) < len(set(approvals.mapped("res_id"))):
                raise UserError(self.env._("%(what)s no longer exists.", what=approvals[:1].title))
        acting = self._check_may_decide(self.env.user)
        changed = self.browse()
        for records in self._records_by_model() if state == "approved" else ():
            gone = records._void_if_changed()
            changed |= self.filtered(lambda each: each.res_model == gone._name and each.res_id in gone.ids)
        now = fields.Datetime.now()
        for person, approvals in (self - changed).grouped(acting.get).items():
            # Approvals are the system's record; that this user may decide was checked above.
            approvals.sudo()._update_state(
                ("waiting",),
                state,
                approver_id=self.env.uid,
                on_behalf_id=person.id if person != self.env.user else False,
                comment=comment,
                decided_on=now,
            )
        decided = self - changed
        decided._finish_activities(comment)
        for records in decided._records_by_model():
            records._approval_decided(decided, state)
        return self._notify_void(changed)

    def _lock(self):
        """Wait for whoever decides on the same thing at this moment.

        Their commit ends this transaction with a serialization failure, and Odoo repeats it: it then sees their decision.
        """
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                "SELECT id FROM collection_approval WHERE id IN %s ORDER BY id FOR NO KEY UPDATE",
                tuple(self.ids) or (0,),
            ),
            log_exceptions=False,
        )
        self.invalidate_recordset(flush=False)

    def _check_waiting(self):
        """Tell who was first."""
        states = dict(self._fields["state"]._description_selection(self.env))
        for approval in self:
            if approval.state == "void":
                raise UserError(
                    self.env._("%(what)s is void: %(why)s", what=approval.title, why=approval.void_reason or "")
                )
            if approval.state != "waiting":
                raise UserError(
                    self.env._(
                        "%(what)s is decided already. %(decision)s: %(user)s, %(time)s.",
                        what=approval.title,
                        user=approval.approver_id.name,
                        decision=states[approval.state],
                        time=approval.company_id._collection_local_time(approval.decided_on),
                    )
                )

    def _records_by_model(self):
        """What these are about, a recordset for each model.

        With the system's rights and the user's name: who decides need not be allowed to change what is decided on.
        """
        for approvals in self.grouped("res_model").values():
            records = approvals._records()
            if records:
                yield records.sudo()

    def _notify_void(self, changed):
        if not changed:
            return None
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "title": self.env._("Not approved"),
                "message": self.env._(
                    "Changed since it was asked for, so that it has to be submitted again: %(what)s",
                    what=", ".join(changed.mapped("title")),
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
