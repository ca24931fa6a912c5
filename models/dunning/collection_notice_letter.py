import io
import logging

from lxml import html
from markupsafe import Markup
from psycopg2 import errors as pgerrors

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .collection_notice_mail import _reason

_logger = logging.getLogger(__name__)

# What goes out as a letter where the notice has no e-mail address.
LETTER_CHANNELS = ("letter", "final_demand", "sales_partner")
REPORT = "account_collections.report_letter"


class CollectionNotice(models.Model):
    """Letters: what waits to be printed, the look at the ledger before it is, and the PDF of each (SPEC §2)."""

    _inherit = "collection.notice"

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
        self.check_access("read")
        if not self.env.user.has_group("account_collections.group_collector"):
            raise AccessError(self.env._("Only collectors and managers print letters."))
        letters = self.filtered(lambda notice: notice.state == "due" and notice.ready and notice.is_letter)
        # The rows are the system's; the lock keeps a colleague from printing them too.
        letters = letters.sudo().try_lock_for_update()
        if busy := letters.filtered(lambda notice: notice.letter_batch_id.state == "printing"):
            raise UserError(
                self.env._(
                    "%(notice)s is being printed already, by %(user)s in %(batch)s.",
                    notice=busy[0].name,
                    user=busy[0].letter_batch_id.create_uid.name,
                    batch=busy[0].letter_batch_id.name,
                )
            )
        if not letters:
            raise UserError(self.env._("None of these notices is a letter that waits to be printed."))
        if len(letters.company_id) > 1:
            raise UserError(self.env._("Print the letters of one company at a time."))
        batch = self.env["collection.letter.batch"]._start(letters.with_env(self.env))
        return {
            "type": "ir.actions.act_window",
            "res_model": batch._name,
            "res_id": batch.id,
            "views": [(False, "form")],
        }

    # ------------------------------------------------------------------
    # Printing
    # ------------------------------------------------------------------

    def _by_address(self):
        """In the order in which letters are posted: country, postal code, city, name."""

        def key(notice):
            to = notice.recipient_id
            return (to.country_id.code or "", to.zip or "", to.city or "", to.name or "", notice.id)

        return self.sorted(key)

    @api.model
    def _check_printer(self):
        """:raise UserError: the program that makes PDFs is not there or does not start"""
        if self.env["ir.actions.report"].get_wkhtmltopdf_state() in ("install", "broken"):
            raise UserError(
                self.env._("Letters cannot be printed: wkhtmltopdf, which makes PDFs, does not work on the server.")
            )

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
            pdfs = letters._try_to_render(errors)
            printed = letters.filtered(lambda letter, pdfs=pdfs: letter.id in pdfs)
            attachments = self.env["ir.attachment"].create(
                [
                    {
                        "name": f"{letter.name}.pdf",
                        "raw": pdfs[letter.id],
                        "mimetype": "application/pdf",
                        "res_model": self._name,
                        "res_id": letter.id,
                    }
                    for letter in printed
                ]
            )
            for letter, attachment in zip(printed, attachments):
                letter._unguarded().write({"attachment_id": attachment.id})
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

    def _try_to_render(self, errors):
        """The PDFs of letters; where that fails, one by one, so that one bad letter stops no other.

        :param errors: dict that takes up the letters that fail, with the reason
        :return: dict of notice id to bytes
        """
        if not self:
            return {}
        try:
            with self.env.cr.savepoint():
                return self._render_letters()
        except pgerrors.OperationalError:
            raise
        except Exception as error:
            self.invalidate_recordset(flush=False)
            if len(self) > 1:
                return {key: pdf for letter in self for key, pdf in letter._try_to_render(errors).items()}
            _logger.info("Letter %s could not be printed", self.id, exc_info=True)
            errors[self] = self.env._("The letter could not be printed: %(reason)s", reason=_reason(error))
            return {}

    def _render_letters(self):
        """Make the letters' PDFs with one call of the program that makes them.

        :return: dict of notice id to bytes
        """
        self._check_printer()
        report = self.env["ir.actions.report"].sudo().with_context(webp_as_jpg=True)
        streams = report._render_qweb_pdf_prepare_streams(REPORT, {}, res_ids=self.ids)
        pdfs = {key: (each["stream"] or io.BytesIO()).getvalue() for key, each in streams.items() if key}
        if any(not pdfs.get(letter.id) for letter in self):
            raise UserError(self.env._("The pages could not be told apart."))
        return pdfs

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
        }

    def _letter_template(self):
        return self.step_id.mail_template_id.sudo().with_context(lang=self.lang).with_company(self.company_id)

    @api.model
    def _without_headings(self, text):
        """Headings become paragraphs: the first page of each letter is found by its only heading."""
        root = html.fragment_fromstring(str(text), create_parent="div")
        for node in root.iter("h1", "h2", "h3", "h4", "h5", "h6"):
            node.tag = "p"
            node.set("style", "font-weight: bold; " + (node.get("style") or ""))
        return Markup(html.tostring(root, encoding="unicode"))
