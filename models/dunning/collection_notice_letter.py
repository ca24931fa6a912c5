from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

# What goes out as a letter where the notice has no e-mail address.
LETTER_CHANNELS = ("letter", "final_demand", "sales_partner")
REPORT = "account_collections.report_letter"


class CollectionNotice(models.Model):
    """Letters: what waits to be printed, the look at the ledger before it is, and the PDF of each (SPEC §2)."""

    _name = "collection.notice"
    _inherit = ["collection.notice", "collection.paper"]

    letter_batch_id = fields.Many2one(
        "collection.letter.batch", string="Print Batch", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    letter_pdf = fields.Binary(related="attachment_id.datas", string="As Printed", readonly=True)
    is_letter = fields.Boolean(compute="_compute_is_letter", help="Goes out on paper: nobody gets it by e-mail.")

    @api.depends("channel", "recipient_email")
    def _compute_is_letter(self):
        for notice in self:
            notice.is_letter = notice.channel in LETTER_CHANNELS and not notice.recipient_email

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_print_letters(self):
        """Print those of the notices that wait to go out on paper as one PDF, ordered by address; printed, they are sent.

        :return: the action that opens the batch
        """
        letters = self._take_for_printing()
        if not letters:
            raise UserError(self.env._("None of these notices is a letter that waits to be printed."))
        return self.env["collection.letter.batch"]._start(letters)._action_open()

    def _awaits_printing(self):
        return self.filtered(lambda notice: notice.state == "due" and notice.ready and notice.is_letter)

    # ------------------------------------------------------------------
    # Printing
    # ------------------------------------------------------------------

    @api.model
    def _paper_report(self):
        return REPORT

    def _print(self):
        """Look at the ledger once more, make the PDF of each letter, and mark those that have one as sent.

        What was paid, held or covered meanwhile is left out, as with e-mails. Never commits.

        :return: dict of notices that could not be printed to the reason
        """
        errors = {}
        for company, letters in self.grouped("company_id").items():
            letters = letters._recheck(company)._readdress(company)
            # A final demand that is more than what was approved, or goes to somebody else, waits for approval again.
            waiting = letters.filtered(lambda letter: not letter.ready)
            waiting._unguarded().write({"letter_batch_id": False})
            letters -= waiting
            letters._set_deadline(company)
            printed = letters._attach_pdfs(letters._try_to_render(errors))
            printed._set_sent()
        return errors

    def _readdress(self, company):
        """Address the letters as things stand now.

        Whom no letter reaches any more gets an e-mail, or somebody who finds an address.

        :return: the notices that are still letters
        """
        customers = self.filtered("account_id")
        found = {}
        if customers:
            self.env.flush_all()
            query = self._recipient_query(*customers._written_about())
            found = {row["account_id"]: row for row in self.env.execute_query_dict(query)}
        letters = self.browse()
        for notice in self:
            to = found.get(notice.account_id.id, {})
            partner = notice.sales_partner_id
            if notice in customers and to.get("postal_id"):
                values = {"recipient_id": to["postal_id"], "lang": to["postal_lang"]}
                letters |= notice
            elif partner and partner.street and (partner.city or partner.zip):
                values = {"recipient_id": partner.id}
                letters |= notice
            elif to.get("channel") == "portal_upload":
                values = {"recipient_id": to["recipient_id"], "lang": to["lang"], "letter_batch_id": False}
                values |= {"channel": "portal_upload"} if notice.channel == "letter" else {}
            elif to.get("email"):
                values = {"recipient_id": to["recipient_id"], "recipient_email": to["email"], "lang": to["lang"]}
                values |= {"letter_batch_id": False}
                values |= {"channel": "email"} if notice.channel == "letter" else {}
            else:
                notice._set_suppressed("no_recipient")
                notice._ask_for_address()
                continue
            notice._unguarded().write(values)
        return letters

    def _letter_values(self):
        """What the letter says: its title and text with the generated table of items; called by the report."""
        self.ensure_one()
        notice = self.with_context(lang=self.lang).with_company(self.company_id)
        template = notice._letter_template()
        if template:
            title = template._render_field("subject", self.ids)[self.id]
            text = template._render_field("body_html", self.ids)[self.id]
        else:
            title, text = notice.step_id.name, Markup("<p>%s</p>") % self.env._("Please pay the items below.")
        banks = self.line_ids.filtered("counted").move_id.partner_bank_id
        return {
            "title": title,
            "body": self._without_headings(notice._mail_text(text)),
            "bank": banks if len(banks) == 1 else banks.browse(),
            "asks": True,
            "words": self._words(notice.env),
        }

    def _words(self, env):
        """What is asked for, in words: one sum for each currency."""
        totals = self.line_ids.filtered("counted")._totals()
        texts = (currency.with_env(env)._amount_in_words_said(amount, self.lang) for currency, amount in totals.items())
        return "; ".join(filter(None, texts))

    def _letter_template(self):
        return self.step_id.mail_template_id.sudo().with_context(lang=self.lang).with_company(self.company_id)
