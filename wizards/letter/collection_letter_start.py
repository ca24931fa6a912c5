from odoo import Command, api, models
from odoo.exceptions import UserError


class CollectionLetterWrite(models.TransientModel):
    """From where letters are begun."""

    _inherit = "collection.letter.write"

    @api.model
    def _action_for(self, accounts=None, partners=None, **vals):
        """The dialog for letters about accounts, or to sales partners."""
        own = {"account_ids": [Command.set(accounts.ids)]} if accounts else {"partner_ids": [Command.set(partners.ids)]}
        return self.create({**own, **vals})._action_reopen()


class CollectionAccount(models.Model):
    _inherit = "collection.account"

    def action_write_letter(self):
        """Write a letter to the customers of these accounts, or to their sales partners, with a preview."""
        self.check_access("write")
        return self.env["collection.letter.write"]._action_for(accounts=self)


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_collection_write_letter(self):
        """Write a letter to sales partners."""
        partners = self.filtered("is_sales_partner")
        if not partners:
            raise UserError(
                self.env._("Letters from here go to sales partners. Write to customers from their accounts.")
            )
        return self.env["collection.letter.write"]._action_for(partners=partners)


class CollectionLetter(models.Model):
    _inherit = "collection.letter"

    def action_write_again(self):
        """The same letter once more, with today's facts: after an address was found, or a mail came back."""
        self.ensure_one()
        self._check_writer()
        vals = {
            "kind": self.kind,
            "prefer": self.prefer,
            "note": self.note,
            "subject": self.free_subject,
            "text": self.free_text,
            "to": "sales_partner" if self.sales_partner_id else "customer",
        }
        return self.env["collection.letter.write"]._action_for(
            accounts=self.account_id, partners=self.sales_partner_id, **vals
        )
