"""What tests of the letter room share: customers with an address, letters written through the dialog, a printer of empty pages."""

from contextlib import contextmanager
from unittest.mock import patch

from lxml import html

from odoo import Command

from .dunning_common import DunningCommon
from .letters_common import LettersMixin, one_page


class LetterCommon(LettersMixin, DunningCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Letter = cls.env["collection.letter"]
        cls.Write = cls.env["collection.letter.write"]
        cls.Template = cls.env["collection.letter.template"]
        cls.post = cls.by_post("Post Only")
        cls.acme.write(
            {"street": "9 High Street", "city": "Troy", "zip": "12180", "country_id": cls.env.ref("base.us").id}
        )

    @classmethod
    def template(cls, kind):
        return cls.env.ref(f"account_collections.letter_template_{kind}")

    @classmethod
    def dialog(cls, kind, *partners, user=None, **vals):
        """The dialog on the accounts of customers, with its preview."""
        accounts = cls.env["collection.account"].union(*(cls.account(partner) for partner in partners))
        wizard = cls.Write.with_user(user or cls.env.user).create(
            {"account_ids": [Command.set(accounts.ids)], "kind": kind, **vals}
        )
        wizard.action_preview()
        return wizard

    @classmethod
    def write_letters(cls, kind, *partners, user=None, **vals):
        """Letters that were written and wait, or were mailed."""
        wizard = cls.dialog(kind, *partners, user=user, **vals)
        wizard.action_queue()
        return wizard.letter_ids.with_env(cls.env)

    def refusals(self, wizard):
        """Why customers get no letter: dict of name to words."""
        return {line.account_id.partner_id.name: line.left_out for line in wizard.line_ids if line.left_out}

    @contextmanager
    def printer(self, fails_for=(), dead=False):
        """Letters of both kinds become empty pages; yields the records of each call."""
        calls = []

        def render(letters):
            calls.append(letters)
            broken = letters.filtered(lambda letter: letter.partner_id.name in fails_for)
            if dead or broken:
                raise OSError("Wkhtmltopdf failed (error code: -11)")
            return {letter.id: one_page() for letter in letters}

        with (
            patch.object(self.env.registry["collection.notice"], "_render_letters", render),
            patch.object(self.env.registry["collection.letter"], "_render_letters", render),
            patch.object(self.env.registry["collection.notice"], "_check_printer", lambda _self: None),
        ):
            yield calls

    def batch(self, action):
        return self.env["collection.letter.batch"].browse(action["res_id"])

    def text(self, letter):
        """The letter's text as its reader sees it."""
        return " ".join(html.fromstring(letter.body).text_content().split())
