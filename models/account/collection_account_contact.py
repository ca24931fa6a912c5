from odoo import models
from odoo.exceptions import UserError
from odoo.tools import email_normalize, parse_contact_from_email


class CollectionAccount(models.Model):
    """Closing gaps in a customer's contact data from the account, with no other right on contacts."""

    _inherit = "collection.account"

    def _fix_contact(self, contact, name, value):
        """Fill in what is missing on a contact of this account's customer, or replace an address that failed.

        Whoever works the account may do that much; changing data that stands is for those who manage contacts. Every change is
        kept in the contact's history.

        :param contact: the customer or one of its contacts
        :param name: ``email``, ``phone``, ``tz`` or ``collection_ap_contact_id``
        """
        self.ensure_one()
        self.check_access("write")
        if not contact or contact.commercial_partner_id != self.partner_id:
            raise UserError(self.env._("This is no contact of %(customer)s.", customer=self.display_name))
        check = {"email": self._check_new_email, "collection_ap_contact_id": self._check_new_ap_contact}.get(name)
        if name not in ("email", "phone", "tz", "collection_ap_contact_id"):
            raise UserError(self.env._("This cannot be changed here."))
        if not value or contact[name] == value:
            return
        if check:
            value = check(contact, value)
        elif contact[name]:
            self._refuse_replacing(contact, name)
        # The one narrow write on contacts that collectors have; checked above.
        contact.sudo().write({name: value.id if isinstance(value, models.BaseModel) else value})
        if name == "email":
            contact.sudo()._message_reset_bounce(value)
        shown = value.display_name if isinstance(value, models.BaseModel) else value
        contact.sudo()._message_log(
            body=self.env._(
                "%(field)s completed in Collections: %(value)s", field=contact._fields[name].string, value=shown
            ),
            author_id=self.env.user.partner_id.id,
        )

    def _refuse_replacing(self, contact, name):
        if not self.env.user.has_group("base.group_partner_manager"):
            raise UserError(
                self.env._(
                    "%(field)s of %(contact)s is known already. Who manages contacts can change it.",
                    field=contact._fields[name].string,
                    contact=contact.display_name,
                )
            )

    def _check_new_email(self, contact, value):
        address = email_normalize(value)
        if not address:
            raise UserError(self.env._("“%(text)s” is no e-mail address.", text=value))
        # Addresses on the blacklist are nobody's secret where somebody types one.
        if self.env["mail.blacklist"].sudo().search_count([("email", "=", address)], limit=1):
            raise UserError(self.env._("%(address)s does not want to be written to.", address=address))
        failed = contact.sudo().message_bounce or contact.sudo().is_blacklisted
        if contact.email_normalized and not failed:
            self._refuse_replacing(contact, "email")
        return address

    def _check_new_ap_contact(self, contact, value):
        if contact != self.partner_id or value.commercial_partner_id != self.partner_id or value == self.partner_id:
            raise UserError(self.env._("The A/P contact must be one of the customer's contacts."))
        if contact.collection_ap_contact_id:
            self._refuse_replacing(contact, "collection_ap_contact_id")
        return value

    def _add_ap_contact(self, text):
        """Make a contact of ``Name <address>`` and let it be the customer's accounts payable contact."""
        self.ensure_one()
        self.check_access("write")
        name, address = parse_contact_from_email(text)
        if not name or not address:
            raise UserError(self.env._("Write the new contact as: Ann Payable <ann@example.com>"))
        if not self.partner_id:
            raise UserError(self.env._("This account has no customer."))
        if self.partner_id.collection_ap_contact_id:
            self._refuse_replacing(self.partner_id, "collection_ap_contact_id")
        known = self.env["res.partner"].search(
            [("commercial_partner_id", "=", self.partner_id.id), ("email_normalized", "=", address)], limit=1
        )
        if known == self.partner_id:
            known = known.browse()
        # As in `_fix_contact`: a contact of the customer, and nothing else.
        contact = known or self.env["res.partner"].sudo().create(
            {"name": name, "email": address, "parent_id": self.partner_id.id, "type": "contact"}
        )
        self._fix_contact(self.partner_id, "collection_ap_contact_id", contact.with_env(self.env))
