import logging

from markupsafe import Markup
from psycopg2 import errors as pgerrors

from odoo import models
from odoo.exceptions import UserError

from ...tools.placeholders import PlaceholderProblem, fill_html, fill_text
from ..dunning.collection_notice_mail import _reason

_logger = logging.getLogger(__name__)


class CollectionLetter(models.Model):
    """The text of a letter: the template's, in the letter's language, with the facts. What went out is what was kept."""

    _inherit = "collection.letter"

    def _compose(self):
        """Title and text as of now.

        :return: (text, `Markup`)
        :raise UserError: the template cannot be filled, in words that say why
        """
        self.ensure_one()
        facts = self._facts()
        # The template is configuration; a collector need not read that of another company.
        template = self.template_id.sudo().with_context(lang=self.lang)
        try:
            return fill_text(template.subject, facts), fill_html(template.body, facts)
        except PlaceholderProblem as problem:
            raise UserError(
                self.env._(
                    "The template “%(template)s” cannot be filled: %(problem)s",
                    template=template.name,
                    problem=template._describe(problem),
                )
            ) from problem

    def _take_snapshot(self, errors):
        """Keep title, text, recipient and address of letters that are about to go out.

        :param errors: dict that takes up the letters whose text fails, with the reason
        :return: the letters that have their text
        """
        ready = self.browse()
        for letter in self:
            try:
                with self.env.cr.savepoint(flush=False):
                    subject, body = letter._compose()
            except pgerrors.OperationalError:
                raise
            except Exception as error:  # one bad text stops no other letter
                _logger.info("The text of letter %s could not be made", letter.id, exc_info=True)
                errors[letter] = str(error) if isinstance(error, UserError) else _reason(error)
                continue
            letter._unguarded().write(
                {
                    "subject": subject,
                    "body": self._without_headings(body),
                    "recipient_name": letter.recipient_id.name or letter.recipient_id.display_name,
                    "address": letter._address_text(),
                }
            )
            ready |= letter
        return ready

    def _letter_values(self):
        """What the letter says; called by the report."""
        self.ensure_one()
        if self.body:
            subject, body = self.subject, Markup(self.body)
        else:
            subject, body = self._compose()
            body = self._without_headings(body)
        return {"title": subject, "body": body, "bank": self.env["res.partner.bank"], "asks": self._asks_payment()}

    def _asks_payment(self):
        """Whether the letter asks for money, and so says how to pay."""
        return self.kind in ("plan", "hold", "dispute")

    def _compute_preview(self):
        """The letter as it went out or, until then, as it would go out now; where it cannot, the reason."""
        for letter in self:
            try:
                values = {"letter": letter, "text": letter._letter_values()}
                letter.preview = self.env["ir.qweb"]._render(
                    "account_collections.letter_preview", values, lang=letter.lang
                )
            except UserError as error:
                letter.preview = Markup('<div class="alert alert-danger">%s</div>') % error
