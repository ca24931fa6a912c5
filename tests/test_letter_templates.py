from odoo.exceptions import UserError, ValidationError
from odoo.tests import BaseCase, tagged

from ..tools.placeholders import PlaceholderProblem, fill_html, fill_text, find_places
from .letter_common import LetterCommon


@tagged("post_install", "-at_install")
class TestPlaceholders(BaseCase):
    def test_filled(self):
        self.assertEqual(fill_text("Dear {{ a }}, {{b}}", {"a": "Ann", "b": False}), "Dear Ann, ")
        self.assertEqual(fill_html("<p>{{ a }}</p>", {"a": "<b>"}), "<p>&lt;b&gt;</p>")
        self.assertEqual(find_places("{{ a }}{{\n b_c \n}}"), ["a", "b_c"])

    def test_refused(self):
        for text, code in (
            ("{{ a", "unfinished"),
            ("a }}", "unfinished"),
            ("{{ }}", "malformed"),
            ("{{ a.b }}", "malformed"),
            ("{{ <b>a</b> }}", "malformed"),
            ("{{ __class__ }}", "malformed"),
        ):
            with self.subTest(text), self.assertRaises(PlaceholderProblem) as caught:
                find_places(text)
            self.assertEqual(caught.exception.code, code)
        with self.assertRaises(PlaceholderProblem) as caught:
            fill_text("{{ x }}", {})
        self.assertEqual((caught.exception.code, caught.exception.place), ("unknown", "x"))

    def test_a_fact_is_not_filled_in_again(self):
        self.assertEqual(fill_text("{{ a }}", {"a": "{{ b }}", "b": "no"}), "{{ b }}")


@tagged("post_install", "-at_install")
class TestLetterTemplates(LetterCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice(cls.post, 100, overdue=3)

    def test_what_cannot_be_filled_is_refused_when_typed(self):
        template = self.template("paid")
        for body, words in (
            ("<p>{{ balance }}</p>", "no placeholder “balance” in this kind"),
            ("<p>{{ customer</p>", "not finished"),
            ("<p>{{ object.name }}</p>", "is no placeholder"),
        ):
            with self.subTest(body), self.assertRefused(ValidationError, words):
                template.body = body
        self.env["res.lang"]._activate_lang("fr_FR")
        with self.assertRefused(ValidationError, r"\(fr_FR\)"):
            template.with_context(lang="fr_FR").subject = "{{ wrong }}"

    def test_a_template_that_fails_leaves_the_letter_due(self):
        letter = self.write_letters("certificate", self.post, prefer="post")
        template = self.template("certificate")
        self.env.cr.execute(
            'UPDATE collection_letter_template SET subject = \'{"en_US": "{{ gone }}"}\' WHERE id = %s', [template.id]
        )
        self.env.invalidate_all()
        self.assertIn("cannot be filled", letter.preview)
        with self.printer() as calls, self.assertRefused(UserError, "cannot be filled: There is no placeholder “gone”"):
            letter.action_print_letters()
        self.assertFalse(calls)
        self.assertEqual((letter.state, letter.letter_batch_id.id), ("due", False))

    def test_in_the_language_of_the_recipient(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.post.lang = "de_DE"
        currency = self.company.currency_id.with_context(lang="de_DE")
        currency.write({"currency_unit_label": "Dollar", "currency_subunit_label": "Cent"})
        template = self.template("balance").with_context(lang="de_DE")
        template.write(
            {"subject": "Saldo zum {{ as_of }}", "body": "<p>{{ balance_words }}</p><p>{{ reply_slip }}</p>"}
        )
        letter = self.write_letters("balance", self.post, prefer="post")
        with self.printer():
            letter.action_print_letters()
        self.assertEqual((letter.lang, letter.subject), ("de_DE", "Saldo zum 18.03.2026"))
        self.assertIn("Einhundert Dollar", str(letter.body))

    def test_language_without_words_says_so(self):
        self.env["res.lang"]._activate_lang("el_GR")
        self.post.lang = "el_GR"
        letter = self.write_letters("balance", self.post, prefer="post")
        with self.printer():
            letter.action_print_letters()
        self.assertIn("One hundred Dollars (in English)", str(letter.body))

    def test_language_that_was_taken_away(self):
        lang = self.env["res.lang"]._activate_lang("fr_FR")
        self.post.lang = "fr_FR"
        letter = self.write_letters("certificate", self.post, prefer="post")
        self.assertEqual(letter.lang, "fr_FR")
        self.env.flush_all()
        self.env.cr.execute("UPDATE res_lang SET active = FALSE WHERE id = %s", [lang.id])
        self.env.registry.clear_cache("stable")
        self.env.invalidate_all()
        self.addCleanup(self.env.registry.clear_cache, "stable")
        with self.printer():
            letter.action_print_letters()
        self.assertEqual((letter.state, letter.lang), ("sent", "en_US"), letter.error)

    def test_own_template_of_a_company_goes_first(self):
        own = self.template("paid").copy({"company_id": self.company.id, "name": "Own"})
        wizard = self.dialog("paid", self.post)
        self.assertEqual(wizard.template_id, own)
        other = self.second_company()["company"]
        foreign = self.template("paid").copy({"company_id": other.id})
        with self.assertRefused(UserError, "another company"):
            self.dialog("paid", self.post, template_id=foreign.id)
        with self.assertRefused(UserError, "Choose the text"):
            self.dialog("paid", self.post, template_id=self.template("hold").id)
