from num2words import CONVERTER_CLASSES

from odoo.tests import TransactionCase, tagged

from ..tools.amount_words import amount_words, number_words


@tagged("post_install", "-at_install")
class TestLedgerAmountWords(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in ("dollar", "euro", "yen", "dinar"):
            code = {"dollar": "USD", "euro": "EUR", "yen": "JPY", "dinar": "KWD"}[name]
            currency = cls.env["res.currency"].with_context(active_test=False).search([("name", "=", code)])
            currency.active = True
            setattr(cls, name, currency)
        cls.dollar.write({"currency_unit_label": "Dollars", "currency_subunit_label": "Cents"})

    def words(self, amount, lang="en_US", currency=None):
        text, said = (currency or self.dollar)._amount_in_words(amount, lang)
        self.assertEqual(said, lang)
        return text

    # ------------------------------------------------------------------
    # Amounts
    # ------------------------------------------------------------------

    def test_units_and_cents(self):
        for amount, expected in (
            (0.0, "Zero Dollars"),
            (-0.0, "Zero Dollars"),
            (0.004, "Zero Dollars"),
            (0.01, "Zero Dollars and one Cents"),
            (0.99, "Zero Dollars and ninety-nine Cents"),
            (0.995, "One Dollars"),
            (12.0, "Twelve Dollars"),
            (12.5, "Twelve Dollars and fifty Cents"),
            (1234.56, "One thousand, two hundred and thirty-four Dollars and fifty-six Cents"),
            (0.1 + 0.2, "Zero Dollars and thirty Cents"),
        ):
            with self.subTest(amount):
                self.assertEqual(self.words(amount), expected)

    def test_large_sums(self):
        self.assertEqual(self.words(1e6), "One million Dollars")
        text = self.words(999_999_999_999.99)
        self.assertTrue(text.startswith("Nine hundred and ninety-nine billion"), text)
        self.assertTrue(text.endswith("Dollars and ninety-nine Cents"), text)

    def test_negative(self):
        self.assertEqual(self.words(-12.5), "Minus twelve Dollars and fifty Cents")
        self.assertEqual(self.words(-0.5), "Minus zero Dollars and fifty Cents")
        self.assertEqual(self.words(-0.001), "Zero Dollars")
        self.assertEqual(number_words(-5, "pl"), "minus pięć", "num2words itself fails on it")

    def test_currencies(self):
        self.yen.currency_unit_label = "Yen"
        self.dinar.write({"currency_unit_label": "Dinars", "currency_subunit_label": "Fils"})
        self.assertEqual(self.words(1200, currency=self.yen), "One thousand, two hundred Yen")
        text = self.words(1.005, currency=self.dinar)
        self.assertEqual((self.dinar.decimal_places, text), (3, "One Dinars and five Fils"))

    def test_currency_without_names(self):
        self.dollar.write({"currency_unit_label": False, "currency_subunit_label": False})
        self.assertEqual(self.words(12.05), "Twelve USD and 05/100")

    # ------------------------------------------------------------------
    # Languages
    # ------------------------------------------------------------------

    def test_names_in_the_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.euro.with_context(lang="de_DE").write({"currency_unit_label": "Euro", "currency_subunit_label": "Cent"})
        text = self.words(1234.21, "de_DE", self.euro)
        self.assertEqual(text, "Eintausendzweihundertvierunddreißig Euro und einundzwanzig Cent")

    def test_language_that_is_not_installed_has_its_numbers(self):
        self.assertFalse(self.env["res.lang"]._get_data(code="fr_FR"))
        self.assertEqual(self.words(80.5, "fr_FR"), "Quatre-vingts Dollars et cinquante Cents")

    def test_language_that_is_lacking_is_said_in_english(self):
        for lang in ("el_GR", "hi_IN", "zh_CN", "xx_XX", "am_ET"):
            with self.subTest(lang):
                self.assertEqual(self.dollar._amount_in_words(12.5, lang), ("Twelve Dollars and fifty Cents", "en_US"))

    def test_english_names_where_english_is_said(self):
        self.env["res.lang"]._activate_lang("el_GR")
        self.dollar.with_context(lang="el_GR").currency_unit_label = "Δολάρια"
        self.assertEqual(self.dollar._amount_in_words(12, "el_GR"), ("Twelve Dollars", "en_US"))

    def test_sum_that_a_language_cannot_say(self):
        text, said = self.dollar._amount_in_words(123_456_789_012, "te_IN")
        self.assertTrue(text.endswith(" Dollars"))
        self.assertEqual(said, "en_US")
        self.assertEqual(self.dollar._amount_in_words(1234, "te_IN")[1], "te_IN")

    def test_no_language(self):
        for lang in (False, None, ""):
            self.assertEqual(self.dollar._amount_in_words(12, lang), ("Twelve Dollars", "en_US"))

    def test_names_of_languages_that_differ(self):
        for lang in ("nb_NO", "da_DK", "cs_CZ", "pt_BR", "fr_BE", "sr@latin", "en_GB"):
            with self.subTest(lang):
                self.assertEqual(self.dollar._amount_in_words(1234.5, lang)[1], lang)

    def test_each_language_of_num2words_says_common_sums(self):
        for lang in set(CONVERTER_CLASSES) - {"am"}:
            for amount in (0, 1, 21, 99.99, 1234.56, 100_000, 7_654_321.09):
                with self.subTest(lang, amount=amount):
                    self.assertTrue(amount_words(amount, 2, "Dollars", "Cents", lang))
