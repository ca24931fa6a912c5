from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

# From the lowest up: what one of them does not decide goes to the next.
RUNGS = ("assistant", "manager", "top")
ROLE_RUNGS = {"assistant": "assistant", "manager": "manager", "controller": "top"}


class Addressee(NamedTuple):
    """Who is to decide, and who does it today: themself or their substitute."""

    rung: str
    user: models.BaseModel
    acting: models.BaseModel


class CollectionEscalation(models.Model):
    """Who decides, who stands in for them, and to whom it climbs."""

    _inherit = "collection.escalation"

    # ------------------------------------------------------------------
    # The ladder
    # ------------------------------------------------------------------

    @api.model
    def _ladder(self, company):
        """Who is on each rung of a company: dict of rung to `res.users`."""
        people = self.env["collection.approval"]._people_by_role(company)
        manager = company._collection_manager().sudo()
        above = company.sudo().collection_escalation_top_id or (people["controller"] - manager).sorted("id")[:1]
        return {"assistant": people["assistant"].sorted("id")[:1], "manager": manager, "top": above}

    @api.model
    def _acting_for(self, company, users):
        """Who decides today in the place of each of these: themself, a substitute, or nobody (empty).

        Absent is who has a substitution in force or whose portfolio is with somebody else for the time of an absence.
        """
        today = company._collection_today()
        # Whether a colleague is at work is for everybody's deadlines, not for their rights on users and absences.
        users = users.sudo()
        current = self.env["collection.substitution"].sudo()._current(company)
        substitutes = {each.user_id: each.substitute_id for each in current}
        away = (
            self.env["collection.transfer"]
            .sudo()
            .search(
                Domain("company_id", "=", company.id)
                & Domain("kind", "=", "absence")
                & Domain("state", "in", ("planned", "active"))
                & Domain("date_from", "<=", today)
                & Domain("date_to", ">=", today)
                & Domain("from_user_id", "in", users.ids)
            )
            .from_user_id
        )
        acting = {}
        for user in users:
            person = substitutes.get(user, user if user not in away else user.browse())
            works_here = user.active and company in user.company_ids
            fit = works_here and person.active and company in person.company_ids
            acting[user] = person if fit else user.browse()
        return acting

    @api.model
    def _find_addressee(self, company, rung, excluded, ladder=None):
        """The first from a rung upwards who is there, or has a substitute, and is none of `excluded`; None where there is nobody."""
        ladder = ladder or self._ladder(company)
        acting = self._acting_for(company, self.env["res.users"].union(*ladder.values()))
        for name in RUNGS[RUNGS.index(rung) :]:
            user = ladder[name].sudo()
            person = acting.get(user)
            if user and person and user not in excluded and person not in excluded:
                return Addressee(name, user, person)
        return None

    @api.model
    def _check_addressee(self, company, user, from_user):
        """Whom a person chose to decide.

        :raise UserError: in words, why that user cannot
        """
        role = user.sudo()._collection_approver_role()
        if not user.sudo().active or company not in user.sudo().company_ids:
            raise UserError(
                self.env._(
                    "%(user)s does not work in %(company)s any more: choose somebody else.",
                    user=user.sudo().name,
                    company=company.name,
                )
            )
        if role not in ROLE_RUNGS:
            raise UserError(
                self.env._(
                    "%(user)s cannot decide on escalations: choose an assistant manager or a manager.", user=user.name
                )
            )
        if user == from_user:
            raise UserError(self.env._("Escalate to somebody else: nobody decides on what they asked for."))
        person = self._acting_for(company, user)[user.sudo()]
        if not person:
            raise UserError(
                self.env._("%(user)s is absent and has no substitute: choose somebody else.", user=user.name)
            )
        if person == from_user:
            raise UserError(
                self.env._(
                    "%(user)s is absent, and you are the substitute: choose somebody else, since nobody decides on what they asked for.",
                    user=user.name,
                )
            )
        top = company.sudo().collection_escalation_top_id == user
        return Addressee("top" if top else ROLE_RUNGS[role], user.sudo(), person)

    # ------------------------------------------------------------------
    # Who may decide
    # ------------------------------------------------------------------

    def _identity(self, user):
        """As whom a user may decide on this escalation: themself, or an absent person; nobody (empty) where they may not.

        Whoever is on the rung of the one to decide, or above, may; never who asked for it.
        """
        self.ensure_one()
        nobody = self.env["res.users"]
        if user == self.from_user_id or user._is_superuser():
            return nobody
        company = self.company_id
        for person, excluded in user._collection_identities(company).items():
            if self.from_user_id & excluded:
                continue
            role = person.sudo()._collection_approver_role()
            top = company.sudo().collection_escalation_top_id == person
            rung = "top" if top else ROLE_RUNGS.get(role)
            if person == self.user_id or (rung and RUNGS.index(rung) >= RUNGS.index(self.rung)):
                return person
        return nobody

    def _check_may_decide(self):
        """As whom the current user decides on each of these.

        :raise UserError: in words, why the user may not
        """
        identities = {}
        for each in self:
            identities[each] = each._identity(self.env.user)
            if not identities[each]:
                if self.env.user == each.from_user_id:
                    raise UserError(
                        self.env._("%(what)s: you asked for it, so somebody else decides.", what=each.display_name)
                    )
                raise UserError(
                    self.env._(
                        "%(what)s is with %(user)s: only they, their substitute or somebody above decides.",
                        what=each.display_name,
                        user=each.user_id.sudo().name,
                    )
                )
        return identities

    # ------------------------------------------------------------------
    # Passing on
    # ------------------------------------------------------------------

    def _pass_to(self, company, addressee, kind, note=None, climbs=False):
        """Give these escalations of a company to somebody, with their full time."""
        today = company._collection_today()
        vals = {
            "rung": addressee.rung,
            "user_id": addressee.user.id,
            "acting_id": addressee.acting.id,
            "assigned_on": fields.Datetime.now(),
            "checked_date": False,
        }
        due = company._collection_add_business_days(today, company.collection_escalation_days)
        self._log_event(kind, note=note, key=kind if climbs else None, to_user=addressee.acting)
        for count, group in self.grouped("climb_count").items():
            group._unguarded().write({**vals, "climb_count": count + climbs, "due_date": due})
        self._tell_addressees()
        self.env["collection.account"]._touch(accounts=self.account_id.ids)

    def _climb(self):
        """Give what was not decided in time to the next above; each once for a due date."""
        for company, group in self.grouped("company_id").items():
            today = company._collection_today()
            ladder = self._ladder(company)
            late = group.filtered(lambda each, today=today: each.state == "open" and each.due_date < today)
            for (rung, user, from_user), same in late.grouped(
                lambda each: (each.rung, each.user_id, each.from_user_id)
            ).items():
                above = RUNGS[RUNGS.index(rung) + 1 :]
                found = above and self._find_addressee(company, above[0], user | from_user, ladder)
                if found:
                    same._pass_to(
                        company,
                        found,
                        "climbed",
                        note=self.env._("%(user)s did not decide in time", user=user.sudo().name),
                        climbs=True,
                    )
                else:
                    first = same.filtered(lambda each: not each.checked_date)
                    first._log_event("top", note=self.env._("Late, and there is nobody above"))
                    same._unguarded().write({"checked_date": today})

    def _follow_absences(self):
        """Hand open escalations to the substitute of whoever became absent, and back; without one, to the next above."""
        for company, group in self.grouped("company_id").items():
            acting = self._acting_for(company, group.user_id)
            for (user, rung, asked), same in group.grouped(
                lambda each: (each.user_id, each.rung, each.from_user_id)
            ).items():
                person, name = acting[user.sudo()], user.sudo().name
                if person and person != asked:  # nobody decides on what they asked for
                    note = self.env._("%(user)s is back", user=name)
                    if person != user:
                        note = self.env._("%(person)s decides for %(user)s", person=person.sudo().name, user=name)
                    same.filtered(lambda each, person=person: each.acting_id != person)._hand_to(person, note)
                elif found := self._find_addressee(company, rung, user | asked):
                    note = self.env._("%(user)s is absent and has no substitute", user=name)
                    same._pass_to(company, found, "absent", note=note)

    def _hand_to(self, person, note):
        """Another person decides in the place of the same one."""
        if self:
            self._unguarded().write({"acting_id": person.id, "assigned_on": fields.Datetime.now()})
            self._log_event("absent", note=note)
            self._tell_addressees()
