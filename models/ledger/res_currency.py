from odoo import models

from ...tools.amount_words import FALLBACK, amount_words


class ResCurrency(models.Model):
    _inherit = "res.currency"

    def _amount_in_words(self, amount, lang):
        """An amount of this currency in words, as letters and receipts state it.

        Units and subunits have the names of the currency in that language; without a name the currency's code, and a fraction.
        A language (or a sum) that num2words cannot say falls back to English: whoever prints it tells the reader where `said_language`
        is not the language asked for.

        :param amount: in this currency; it is rounded to it
        :param lang: code of the language, as `de_DE`
        :return: (text, said_language), the latter being `lang` or `en_US`; a sum that no language can say gives ("", False)
        """
        self.ensure_one()
        amount = self.round(amount)
        known = self.env["res.lang"]._get_data(code=lang)
        for code, said in ((known.iso_code or lang or FALLBACK, lang or "en_US"), (FALLBACK, "en_US")):
            # Names are translated where the language is installed.
            own = self.with_context(lang=said if self.env["res.lang"]._get_data(code=said) else None)
            unit, subunit = own.currency_unit_label or self.name, own.currency_subunit_label
            if text := amount_words(amount, self.decimal_places, unit, subunit, code):
                return text, said
        return "", False

    def _amount_in_words_said(self, amount, lang):
        """As `_amount_in_words`, as it is printed: where another language is said, the reader is told."""
        text, said = self._amount_in_words(amount, lang)
        if text and lang and said[:2] != lang[:2]:
            text = self.env._("%(words)s (in English)", words=text)
        return text
