import logging

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ...tools import card_numbers
from ...tools.file_text import read_text

_logger = logging.getLogger(__name__)


class CollectionCardGuard(models.AbstractModel):
    """Card numbers never stay (SPEC §3): what people type is refused, what comes by mail is masked.

    No message, error or log entry made here holds a digit of what was found.
    """

    _name = "collection.card.guard"
    _description = "Card-Number Guard"

    # ------------------------------------------------------------------
    # Our own references
    # ------------------------------------------------------------------

    @api.model
    def _our_references(self, words):
        """Those of the words that are numbers of documents of ours; rooms add their own kinds of document.

        :param words: set of words and digits in which a card number was found
        """
        self.env["account.move"].flush_model(["name", "payment_reference", "state"])
        # Queries may be logged: only the last four digits stand in this one. A number is ours whoever may see the document.
        ends = ["".join(sign for sign in word if sign.isdecimal())[-4:] for word in words]
        rows = self.env.execute_query(
            SQL(
                """SELECT m.name, m.payment_reference FROM account_move m
                    WHERE m.state = 'posted'
                      AND (m.name LIKE ANY(%(ends)s) AND m.name ~ %(long)s
                           OR m.payment_reference LIKE ANY(%(ends)s) AND m.payment_reference ~ %(long)s)""",
                ends=[f"%{end}%" for end in ends],
                long="[0-9]([ -]?[0-9]){12}",
            )
        )
        return frozenset(words & {number for row in rows for number in row})

    @api.model
    def _ours_among(self, cards):
        words = {
            word
            for card in cards
            for word in (card.word, card.digits)
            if card_numbers.count_digits(word) >= len(card.digits)
        }
        return self._our_references(words) if words else frozenset()

    # ------------------------------------------------------------------
    # Finding, refusing, masking
    # ------------------------------------------------------------------

    @api.model
    def _finds_any(self, text, is_html=False):
        """Whether a text holds a card number."""
        find = card_numbers.find_in_html if is_html else card_numbers.find
        cards = find(text)
        return bool(cards and find(text, self._ours_among(cards)))

    @api.model
    def _refuse(self, texts):
        """Refuse typed text with a card number.

        :param texts: list of (what the user calls the field, text, whether it is HTML)
        :raise ValidationError: one holds a card number
        """
        for label, text, is_html in texts:
            if text and self._finds_any(str(text), is_html):
                _logger.info("User %s tried to save a card number; it was refused", self.env.uid)
                raise ValidationError(
                    self.env._(
                        "“%(field)s” holds what looks like the number of a payment card. Card numbers must not be written down: "
                        "leave it out, or give the last four digits only.",
                        field=label,
                    )
                )

    @api.model
    def _mask(self, text, is_html=False):
        """The text with card numbers masked to their last four digits."""
        find, mask = (
            (card_numbers.find_in_html, card_numbers.mask_html) if is_html else (card_numbers.find, card_numbers.mask)
        )
        cards = find(str(text or ""))
        return mask(str(text), self._ours_among(cards)) if cards else text

    @api.model
    def _file_holds_any(self, name, content):
        """Whether a file's text holds a card number, as far as its text can be read."""
        text, is_html = read_text(name or "", content)
        return self._finds_any(text, is_html)
