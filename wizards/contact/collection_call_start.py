from odoo import api, fields, models
from odoo.exceptions import UserError


class CollectionCallStart(models.TransientModel):
    """Shown instead of the call that may not begin now: why, and what whoever calls may do about it."""

    _name = "collection.call.start"
    _description = "Call Outside the Rules"

    account_id = fields.Many2one("collection.account", required=True, readonly=True)
    contact_id = fields.Many2one("res.partner", required=True, readonly=True)
    obstacles = fields.Text(compute="_compute_obstacles")
    may_except = fields.Boolean(compute="_compute_obstacles", help="A collector has two reasons to call all the same.")
    may_decide = fields.Boolean(compute="_compute_obstacles", help="A manager may let the call begin.")

    @api.depends("account_id", "contact_id")
    def _compute_obstacles(self):
        for wizard in self:
            now = fields.Datetime.now()
            found = wizard.account_id._call_obstacles(wizard.contact_id, now, wizard.account_id.company_id)
            wizard.obstacles = "\n".join(found.values())
            wizard.may_except = found.keys() == {"window"}
            wizard.may_decide = (
                bool(found)
                and "do_not_call" not in found
                and self.env.user.has_group("account_collections.group_manager")
            )

    def action_return_call(self):
        """Begin the call: the customer called before. The contact keeps the reason."""
        self.ensure_one()
        return self.account_id._begin_call(self.contact_id, "return_call")

    def action_asked(self):
        """Begin the call: the customer asked for this time. The contact keeps the reason."""
        self.ensure_one()
        return self.account_id._begin_call(self.contact_id, "asked")

    def action_decide(self):
        """A manager begins the call; the contact keeps who decided it."""
        self.ensure_one()
        return self.account_id._begin_call(self.contact_id, "manager")

    def action_ask(self):
        """Put the question to the AR manager, as a task on the account."""
        self.ensure_one()
        account = self.account_id
        manager = account.company_id.collection_manager_id
        if not manager:
            raise UserError(
                self.env._("%(company)s has no AR manager in the settings.", company=account.company_id.name)
            )
        account.activity_schedule(
            "mail.mail_activity_data_todo",
            account.company_id._collection_today(),
            summary=self.env._("Allow a call to %(person)s?", person=self.contact_id.name),
            note=self.obstacles,
            user_id=manager.id,
        )
        return {"type": "ir.actions.act_window_close"}


class CollectionAccount(models.Model):
    _inherit = "collection.account"

    def _action_call_blocked(self, contact, obstacles):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("This Call May Not Begin Now"),
            "res_model": "collection.call.start",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_account_id": self.id,
                "default_contact_id": contact.id,
                "collection_list_ids": self.env.context.get("collection_list_ids"),
            },
        }
