from email.message import EmailMessage

from odoo import models

from ..models.account.collection_golive_kind import Options

# As they came out of the former system; the last customer was closed there long ago.
NOTES = """Customer;Note
Harborlight Senior Living;"Pays by cheque on the 25th. The residents' office opens the post on Tuesdays only."
C1031;Owner answers text messages, never the phone
Alderwood Inn & Conference Center;Season ends in October: ask for payment before that
Bell & Harrow Ltd;Moved to Albany
"""
# The number that payment processors give out for trials; it is masked on its way in.
TRIAL_CARD = "4111 1111 1111 1111"
MAILS = (
    (
        "{customer}",
        "Please just charge our card",
        f"Hi, we cannot get the transfer through this week. Please charge {TRIAL_CARD} for the open invoices. Thanks!",
        ("card-authorisation.txt", f"We authorise the charge of our card {TRIAL_CARD}."),
    ),
    (
        "Dana Whitlock <dana.whitlock@whitlock-books.example>",
        "Statement for Harborlight",
        "I keep the books for Harborlight since this month. Could you send me their statement of account?",
        None,
    ),
)


class CollectionDemo(models.AbstractModel):
    """What came in from outside: a file of standing notes at go-live, and two mails of this morning."""

    _inherit = "collection.demo"

    def _bring_in(self, company):
        manager = self._ref("user_manager")
        golive = self.env["collection.golive"].with_user(manager).with_company(company)
        rows = golive._check_file("note", NOTES.encode("cp1252"), company, Options())
        golive._import_file("note", rows, company, "standing-notes.csv")
        account = self.env["collection.account"].search(
            [("company_id", "=", company.id), ("partner_id", "=", self._customer("nutmeg").id)]
        )
        for number, (sender, subject, text, file) in enumerate(MAILS, 1):
            mail = EmailMessage()
            mail["From"] = sender.format(customer=account.partner_id.email)
            mail["To"], mail["Subject"] = company.email or "collections@example.com", subject
            mail["Message-Id"] = f"<collections-demo-{number}@example.com>"
            mail.set_content(text)
            if file:
                mail.add_attachment(file[1], filename=file[0])
            self.env["mail.thread"].message_process(
                "collection.account", mail.as_bytes(), custom_values={"company_id": company.id}
            )
