import json
import logging

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import HttpCase, tagged

from .golive_common import GoliveCommon

CARD = "4111 1111 1111 1111"
NO_CARD = "4111 1111 1111 1112"


@tagged("post_install", "-at_install")
class TestCardGuard(GoliveCommon, HttpCase):
    """A card number that somebody types is refused wherever Collections lets people write, and stays nowhere."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.item = cls.items(cls.invoice(cls.acme, 100, overdue=5))
        cls.mine = cls.account(cls.acme).with_user(cls.collector)

    def assertStaysNowhere(self, act):
        """The act is refused; neither the error nor the log holds the digits."""
        with self.assertLogs("odoo", level=logging.DEBUG) as logs, self.assertRaises(ValidationError) as caught:
            act()
            self.env.flush_all()
        told = str(caught.exception) + repr(caught.exception.__cause__) + "\n".join(logs.output)
        for digits in (CARD, CARD.replace(" ", ""), CARD.split(maxsplit=1)[0]):
            self.assertNotIn(digits, told)
        self.assertIn("payment card", str(caught.exception))

    def acts(self, text):
        """Everything that a collector or manager writes in these rooms."""
        account, item, env = self.mine, self.item, self.mine.env
        reason = self.env.ref("account_collections.work_reason_skip_time")
        todo = self.env.ref("mail.mail_activity_data_todo")
        hold = {"account_id": account.id, "move_line_id": item.id, "amount": 1, "date_until": self.day(5)}
        activity = {
            "res_model_id": self.env["ir.model"]._get_id("collection.account"),
            "res_id": account.id,
            "activity_type_id": todo.id,
            "user_id": self.collector.id,
        }
        return {
            "note": lambda: account.write({"note": f"<p>{text.replace(' ', '<b> </b>')}</p>"}),
            "next action": lambda: account.write({"next_action": f"Charge {text}"}),
            "hold": lambda: env["collection.hold"].create({**hold, "reason": text}),
            "worklist dialog": lambda: env["collection.account.work"].create(
                {"action": "skip", "account_ids": [Command.set(account.ids)], "reason_id": reason.id, "note": text}
            ),
            "work log": lambda: account._work("skip", reason, note=text),
            "chatter": lambda: account.message_post(body=f"He said {text}", message_type="comment"),
            "subject": lambda: account.message_post(body="x", subject=text),
            "file name": lambda: account.message_post(body="x", attachments=[(f"{text}.txt", b"x")]),
            "activity": lambda: env["mail.activity"].create({**activity, "summary": "Call", "note": text}),
            "activity summary": lambda: account.activity_schedule("mail.mail_activity_data_todo", summary=text),
            "composer": lambda: env["mail.compose.message"].create(
                {"model": "collection.account", "res_ids": str(account.ids), "body": text, "subject": "x"}
            ),
            "attachment": lambda: env["ir.attachment"].create(
                {"name": "card.txt", "raw": text.encode(), "res_model": "collection.account", "res_id": account.id}
            ),
            "policy": lambda: self.policy.with_user(self.manager).write({"name": text}),
            "priority rule": lambda: (
                self.env["collection.priority.rule"].with_user(self.manager).search([], limit=1).write({"name": text})
            ),
        }

    def test_typed_card_numbers_are_refused_everywhere(self):
        for name, act in self.acts(CARD).items():
            with self.subTest(name):
                self.assertStaysNowhere(act)

    def test_other_numbers_pass(self):
        for name, act in self.acts(NO_CARD).items():
            with self.subTest(name):
                act()
                self.env.flush_all()

    def test_editing_a_message(self):
        message = self.mine.message_post(body="Hello", message_type="comment")
        self.assertStaysNowhere(lambda: self.mine._message_update_content(message, body=CARD))
        self.mine._message_update_content(message, body=NO_CARD)

    def test_a_number_of_ours_is_none(self):
        self.invoice(self.acme, 5, name="4111111111111111")
        self.mine.next_action = "Ask for 4111111111111111"
        with self.assertRaises(ValidationError):
            self.mine.next_action = "Ask for 5555555555554444"

    def test_other_apps_are_left_alone(self):
        self.acme.comment = CARD
        self.acme.message_post(body=CARD)

    def test_an_error_over_the_network_holds_no_digits(self):
        self.authenticate(self.collector.login, self.collector.login)
        payload = {
            "params": {
                "model": "collection.account",
                "method": "write",
                "args": [self.mine.ids, {"next_action": CARD}],
                "kwargs": {},
            }
        }
        with self.assertLogs("odoo", level=logging.INFO) as logs:
            answer = self.url_open(
                "/web/dataset/call_kw/collection.account/write",
                data=json.dumps(payload),
                headers={"Content-Type": "application/json"},
            ).text
        self.assertIn("payment card", answer)
        for text in (answer, "\n".join(logs.output)):
            self.assertNotIn(CARD, text)
        self.assertFalse(self.mine.next_action)

    def test_a_line_of_a_golive_file(self):
        wizard = self.check("note", ["customer,note", f"Acme Corp.,Card {CARD}", "Acme Corp.,Fine"])
        self.assertCounts(wizard, new=1, errors=1)
        self.assertProblem(wizard, 2, "payment card")
        self.assertNotIn(CARD, str(wizard.problem_ids.read()))
        self.assertFalse(wizard.file, "The file is not kept")
