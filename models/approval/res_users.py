from odoo import models

# The order of approvers, lowest first: a higher role may always decide in the place of a lower one.
ROLES = {
    "assistant": "account_collections.group_assistant_manager",
    "manager": "account_collections.group_manager",
    "controller": "account_collections.group_controller",
}


def roles_from(role):
    """The role and those above it, in order."""
    names = list(ROLES)
    return names[names.index(role) :]


class ResUsers(models.Model):
    _inherit = "res.users"

    def _collection_approver_role(self):
        """The user's highest role among `ROLES`, or None."""
        self.ensure_one()
        return next((role for role in reversed(ROLES) if self._has_group(ROLES[role])), None)

    def _collection_identities(self, company):
        """As whom the user may decide in a company today: themself, then the people whose substitute they are.

        Chains are not followed: who stands in for a substitute does not stand in for the one behind.

        :return: dict of `res.users` to those on whose requests the user does not decide as that person: the person, and whoever
            entered or changed the absence, lest a requester choose the approver
        """
        self.ensure_one()
        # Whether a colleague is there, active and of the company is for everybody's deadlines, not for their rights on users.
        user = self.sudo()
        identities = {user: user}
        for absence in self.env["collection.substitution"].sudo()._current(company):
            if absence.substitute_id == user:
                identities[absence.user_id] = absence.user_id | absence.create_uid | absence.write_uid
        return {
            person.with_env(self.env): excluded.with_env(self.env)
            for person, excluded in identities.items()
            if person.active and company in person.company_ids
        }
