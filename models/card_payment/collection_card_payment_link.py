import secrets
from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_time

# Signs that are not taken for one another when they are read out.
_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class CollectionCardPayment(models.Model):
    """A link to the provider's own page, for the customer, or for whoever may key a card there."""

    _inherit = "collection.card.payment"

    _token_once = models.UniqueIndex("(access_token) WHERE access_token IS NOT NULL", "This link exists already.")

    @api.depends("state", "access_token")
    def _compute_link_url(self):
        for payment in self:
            code = payment.sudo().access_token  # whoever sees the payment may read the link out
            alive = code and payment.state == "link_sent" and payment.method == "link"
            payment.link_url = f"{payment.get_base_url()}/pay/{code}" if alive else False

    @api.model
    def _by_code(self, code):
        """The payment of a link, as the system; none where nobody was given such a link."""
        code = (code or "").strip().upper()
        return self.sudo().search([("access_token", "=", code)], limit=1) if code else self.sudo()

    # ------------------------------------------------------------------
    # Beginning and ending
    # ------------------------------------------------------------------

    def action_make_link(self):
        """Make the link, to be read out or pasted; nobody is written to. A second click changes nothing."""
        self.check_access("write")
        self._lock()
        for payment in self.filtered(lambda each: each.state != "link_sent"):
            payment._update_state(("draft",), "draft")
            payment._check_complete()
            providers = payment._providers()
            if not (providers if payment.method == "keyed" else providers.filtered("is_published")):
                raise UserError(
                    self.env._(
                        "No payment provider of %(company)s takes %(currency)s from this customer: enable one in Accounting first.",
                        company=payment.company_id.name,
                        currency=payment.currency_id.name,
                    )
                )
            ends = fields.Datetime.now() + timedelta(hours=payment.company_id.collection_card_link_hours)
            vals = {"access_token": payment._new_code(), "link_expires_on": ends}
            if payment.method == "keyed":
                now = fields.Datetime.now()
                vals.update(consent_on=now, paused_on=now)
            payment.sudo()._set_link_sent(**vals)  # links are the system's
            payment._log_contact(payment._link_note())
        return self._open() if len(self) == 1 else True

    def _new_code(self):
        """80 bits, in four groups."""
        signs = "".join(secrets.choice(_SIGNS) for _each in range(16))
        return "-".join(signs[place : place + 4] for place in range(0, 16, 4))

    def _link_note(self):
        facts = {"name": self.name, "amount": self.currency_id.format(self.amount_currency)}
        if self.method == "keyed":
            return self.env._("%(name)s: %(amount)s, keyed on the provider's page; recording paused.", **facts)
        return self.env._("%(name)s: link to pay %(amount)s made during the call.", **facts)

    def action_send_link(self):
        """Make the link if there is none yet, and mail it to the payer.

        :raise UserError: nobody of the customer may be written to by e-mail
        """
        self.action_make_link()
        template = self.env.ref("account_collections.mail_template_card_link")
        for payment in self.filtered(lambda each: each.method == "link"):
            recipient = payment._mail_recipient()
            if not recipient:
                raise UserError(
                    self.env._(
                        "Nobody of this customer may be written to by e-mail. Read the link out, or paste it where you chat."
                    )
                )
            mail_id = payment._send_mail(template, recipient)
            payment.sudo()._unguarded().write({"mail_id": mail_id, "mail_to": recipient.email_normalized})
            note = self.env._(
                "%(name)s: payment link mailed to %(to)s.", name=payment.name, to=recipient.email_normalized
            )
            payment._log_contact(note, channel="email")
        return self._open() if len(self) == 1 else True

    def action_withdraw(self):
        """The link ends now. Who is paying at this very moment may still do so: the money is recorded."""
        self.check_access("write")
        self._lock()
        for payment in self.filtered(lambda each: each.state != "cancelled"):
            payment.sudo()._set_cancelled(self.env._("Withdrawn by %(user)s", user=self.env.user.name))
        return True

    def action_open_page(self):
        """Open the provider's page to key the card, with the recording paused.

        :raise UserError: the user may not key cards
        """
        self.ensure_one()
        self.check_access("write")
        self._check_may_key()
        self._update_state(("link_sent",), "link_sent")
        code = self.sudo().access_token  # checked above
        return {"type": "ir.actions.act_url", "url": f"/pay/{code}", "target": "new"}

    # ------------------------------------------------------------------
    # What the page may do
    # ------------------------------------------------------------------

    def _page_refusal_for(self, visitor):
        """Why the page takes no payment (any more), in words for the customer; False where it does.

        Called as the system, for the public: everything comes from the record, nothing from the page.

        :param visitor: `res.users` who looks at the page
        """
        self.ensure_one()
        _ = self.env._
        if self.state in ("pending", "authorized", "charging"):
            return _("Your payment is being processed. There is nothing more to do.")
        if self.receipt_number or self.state in ("done", "partly_refunded", "refunded", "charged_back"):
            return _("This has been paid. Thank you.")
        if self.state != "link_sent" or self.link_expires_on <= fields.Datetime.now():
            return _("This payment link has ended. Please ask us for a new one.")
        if self.method == "keyed" and not visitor.has_group("account_collections.group_card_keying"):
            return _("This page is for our own staff.")
        if self.account_id._card_payment_refusal():
            return _("This payment link has ended. Please call us.")
        for line in self.line_ids:
            item = line.move_line_id
            if not item or self.currency_id.compare_amounts(line.amount_currency, item.amount_residual_currency) > 0:
                return _("Part of this was settled meanwhile. Please ask us for a new payment link.")
        return False

    # ------------------------------------------------------------------
    # Mail
    # ------------------------------------------------------------------

    def _mail_recipient(self):
        """Who gets link and receipt: the payer, else the accounts-payable contact, the invoice contact, the customer.

        Whoever is not to be written to by e-mail is passed over; empty when nobody is left.
        """
        self.ensure_one()
        customer = self.partner_id
        invoice = customer.child_ids.filtered(lambda each: each.type == "invoice")
        candidates = [self.payer_id, customer.collection_ap_contact_id, *invoice, customer]
        emails = [each.email_normalized for each in candidates if each.email_normalized]
        # Odoo's list of addresses that want no mail is for mail administrators; here it only spares people.
        blocked = set(self.env["mail.blacklist"].sudo().search([("email", "in", emails)]).mapped("email"))
        for contact in candidates:
            email = contact.email_normalized
            if contact.active and email and email not in blocked and not contact.collection_do_not_email:
                return contact
        return self.env["res.partner"]

    def _mail_lang(self):
        """Template helper: the payer's language."""
        self.ensure_one()
        recipient = self._mail_recipient()
        return recipient.lang or self.partner_id.lang or self.company_id.partner_id.lang or "en_US"

    def _moment(self, moment):
        """Template helper: a moment in the reader's format and the company's zone, with its label."""
        lang = self.env.context.get("lang") or self._mail_lang()
        zone = self.company_id._collection_timezone()
        local = pytz.utc.localize(moment).astimezone(zone)
        day = format_date(self.env, local.date(), lang_code=lang)
        return f"{day} {format_time(self.env, moment, tz=zone.zone, time_format='short', lang_code=lang)} {local:%Z}"

    def _send_mail(self, template, recipient, **values):
        """Hand a mail to Odoo's queue.

        :return: id of the `mail.mail`
        """
        # Whoever is on the phone waits for it.
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
        # The template is the company's text, and the queue the system's.
        return template.sudo().send_mail(
            self.id,
            email_values={
                "recipient_ids": [(6, 0, recipient.ids)],
                "email_to": False,
                "auto_delete": False,
                **values,
            },
            email_layout_xmlid="mail.mail_notification_light",
        )
