from odoo import Command, api, models
from odoo.exceptions import UserError

REPORT = "account_collections.report_special_letter"
# What is kept of a letter when it goes out, beside its PDF.
SNAPSHOT = ("subject", "body", "recipient_name", "address")


class CollectionLetter(models.Model):
    """Printing: in the same batches as the letters of dunning runs."""

    _inherit = "collection.letter"

    @api.model
    def _paper_report(self):
        return REPORT

    def _awaits_printing(self):
        return self.filtered(lambda letter: letter.state == "due" and letter.way == "post")

    def action_print_letters(self):
        """Print those of the letters that wait to go out on paper as one PDF; printed, they are sent.

        :return: the action that opens the batch
        """
        letters = self._take_for_printing()
        if not letters:
            raise UserError(self.env._("None of these letters waits to be printed."))
        return self.env["collection.letter.batch"]._start(letters)._action_open()

    def _print(self):
        """Look at what the letters say once more, make the PDF of each, and mark those that have one as sent.

        What is no longer true is not sent, and says why; whoever can be reached by e-mail only gets an e-mail. Never commits.

        :return: dict of letters that could not be printed to the reason
        """
        errors = {}
        letters = self._still_true()._readdress()
        by_email = letters.filtered(lambda letter: letter.way == "email")
        if by_email:
            by_email._unguarded().write({"letter_batch_id": False})
            by_email._trigger_mails()
        (letters - by_email)._make_pdfs(errors)._set_sent()
        return errors

    def _make_pdfs(self, errors):
        """Take the snapshot of each letter, and make its PDF.

        :param errors: dict that takes up the letters that fail, with the reason; of them no text is kept
        :return: the letters that have theirs
        """
        letters = self._take_snapshot(errors)
        made = letters._attach_pdfs(letters._try_to_render(errors))
        (letters - made)._unguarded().write(dict.fromkeys(SNAPSHOT, False))
        return made

    # ------------------------------------------------------------------
    # Contacts
    # ------------------------------------------------------------------

    def _log_contacts(self):
        """Each letter that went out stands in its account's history; nobody was spoken to, so the account stays on the worklist."""
        outcomes = {
            way: self.env.ref(f"account_collections.activity_outcome_{name}")
            for way, name in (("email", "email_sent"), ("post", "letter_sent"))
        }
        Activity = self.env["collection.activity"].sudo()._unguarded()  # a logged contact is the system's
        numbers = Activity._next_references(Activity._name, len(self))
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        activities = Activity.create(
            [
                {
                    "name": number,
                    "state": "done",
                    "user_id": letter.user_id.id,
                    "account_id": letter.account_id.id,
                    "account_ids": [Command.set(letter.account_id.ids)],
                    "sales_partner_id": letter.sales_partner_id.id,
                    "company_id": letter.company_id.id,
                    "channel": "email" if letter.way == "email" else "letter",
                    "direction": "out",
                    "contact_id": letter.recipient_id.id,
                    "outcome_id": outcomes[letter.way].id,
                    "note": f"{kinds[letter.kind]}: {letter.subject} ({letter.name})",
                    "mail_message_id": letter.mail_mail_id.mail_message_id.id,
                }
                for number, letter in zip(numbers, self)
            ]
        )
        for letter, activity in zip(self, activities):
            letter._unguarded().activity_id = activity
        self.env["collection.account"]._touch(accounts=self.account_id.ids)
