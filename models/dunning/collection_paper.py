import io
import logging

from lxml import html
from markupsafe import Markup
from psycopg2 import errors as pgerrors

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from .collection_notice_mail import _reason

_logger = logging.getLogger(__name__)


class CollectionPaper(models.AbstractModel):
    """What is posted: records that print batches turn into PDFs, each once. A model has `recipient_id`, `company_id`, `state`,
    `attachment_id`, `letter_batch_id`, `error`, and says which of its records wait and how they are printed."""

    _name = "collection.paper"
    _description = "Paper to Be Posted"

    # ------------------------------------------------------------------
    # What models say
    # ------------------------------------------------------------------

    @api.model
    def _paper_report(self):
        """Name of the report that lays the paper out."""
        raise NotImplementedError

    def _awaits_printing(self):
        """Those of the records that are to go out on paper and may be printed now."""
        raise NotImplementedError

    def _print(self):
        """Make the PDFs of records that are in a batch, and mark those that have one as sent. Never commits.

        :return: dict of records that could not be printed to the reason
        """
        raise NotImplementedError

    # ------------------------------------------------------------------
    # Choosing
    # ------------------------------------------------------------------

    def _take_for_printing(self):
        """Those of the records that wait to be printed, locked, so that no colleague prints them too.

        :raise AccessError: the user does not print letters
        :raise UserError: one of them is being printed already
        """
        self.check_access("read")
        if not self.env.user.has_group("account_collections.group_collector"):
            raise AccessError(self.env._("Only collectors and managers print letters."))
        # The rows are the system's.
        papers = self._awaits_printing().sudo().try_lock_for_update()
        if busy := papers.filtered(lambda paper: paper.letter_batch_id.state == "printing"):
            raise UserError(
                self.env._(
                    "%(notice)s is being printed already, by %(user)s in %(batch)s.",
                    notice=busy[0].name,
                    user=busy[0].letter_batch_id.create_uid.name,
                    batch=busy[0].letter_batch_id.name,
                )
            )
        return papers.with_env(self.env)

    def _address_key(self):
        """Papers are posted in the order of country, postal code, city, name."""
        self.ensure_one()
        to = self.recipient_id
        return (to.country_id.code or "", to.zip or "", to.city or "", to.name or "", self.id)

    def _by_address(self):
        return self.sorted(lambda paper: paper._address_key())

    # ------------------------------------------------------------------
    # Printing
    # ------------------------------------------------------------------

    @api.model
    def _check_printer(self):
        """:raise UserError: the program that makes PDFs is not there or does not start"""
        if self.env["ir.actions.report"].get_wkhtmltopdf_state() in ("install", "broken"):
            raise UserError(
                self.env._("Letters cannot be printed: wkhtmltopdf, which makes PDFs, does not work on the server.")
            )

    def _attach_pdfs(self, pdfs):
        """Keep the PDFs.

        :param pdfs: dict of record id to bytes
        :return: the records that have one
        """
        printed = self.filtered(lambda paper: paper.id in pdfs)
        attachments = self.env["ir.attachment"].create(
            [
                {
                    "name": f"{paper.name.replace('/', '-')}.pdf",
                    "raw": pdfs[paper.id],
                    "mimetype": "application/pdf",
                    "res_model": self._name,
                    "res_id": paper.id,
                }
                for paper in printed
            ]
        )
        for paper, attachment in zip(printed, attachments):
            paper._unguarded().write({"attachment_id": attachment.id})
        return printed

    def _try_to_render(self, errors):
        """The PDFs of letters; where that fails, one by one, so that one bad letter stops no other.

        :param errors: dict that takes up the letters that fail, with the reason
        :return: dict of id to bytes
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
            _logger.info("Letter %s %s could not be printed", self._name, self.id, exc_info=True)
            errors[self] = self.env._("The letter could not be printed: %(reason)s", reason=_reason(error))
            return {}

    def _render_letters(self):
        """Make the letters' PDFs with one call of the program that makes them.

        :return: dict of id to bytes
        """
        self._check_printer()
        report = self.env["ir.actions.report"].sudo().with_context(webp_as_jpg=True)
        streams = report._render_qweb_pdf_prepare_streams(self._paper_report(), {}, res_ids=self.ids)
        pdfs = {key: (each["stream"] or io.BytesIO()).getvalue() for key, each in streams.items() if key}
        if any(not pdfs.get(letter.id) for letter in self):
            raise UserError(self.env._("The pages could not be told apart."))
        return pdfs

    @api.model
    def _without_headings(self, text):
        """Headings become paragraphs: the first page of each letter is found by its only heading."""
        root = html.fragment_fromstring(str(text), create_parent="div")
        for node in root.iter("h1", "h2", "h3", "h4", "h5", "h6"):
            node.tag = "p"
            node.set("style", "font-weight: bold; " + (node.get("style") or ""))
        return Markup(html.tostring(root, encoding="unicode"))
