"""One dunning day of a company, from the refresh of its figures to the mails as a mail server receives them.

Prints the figures of each step, and checks that they tie: accounts with the ledger, buckets with totals, every overdue item with what
became of it, every notice with one message.
"""

import email
import email.policy
import logging
import socket
from collections import Counter, defaultdict
from contextlib import contextmanager

BATCH = 200


class NotTied(Exception):
    """Two figures that must be the same are not; the message names both."""


class Day:
    """What happened on the day: `figures` in the order in which they came about."""

    def __init__(self, env, company, commit=lambda: None):
        self.env = env(context={**env.context, "allowed_company_ids": company.ids})
        self.company = company.with_env(self.env)
        self.today = company._collection_today()
        self.commit = commit
        self.figures = {}

    def tie(self, what, one, other):
        """:raise NotTied: the figures differ by half a cent or more"""
        if abs(one - other) >= 0.005:
            raise NotTied(f"{what}: {one:,.2f} is not {other:,.2f}")

    def refresh(self):
        """The accounts' figures, which tie with the receivable control accounts."""
        Account, Line = self.env["collection.account"], self.env["account.move.line"]
        self.env.flush_all()
        Account._insert_missing()
        accounts = Account.search([("company_id", "=", self.company.id)])
        accounts._refresh()
        accounts._refresh_behaviour()
        self.commit()
        ledger = [
            ("company_id", "=", self.company.id),
            ("parent_state", "=", "posted"),
            ("account_id.non_trade", "=", False),
        ]
        ledger.append(("account_id.account_type", "=", "asset_receivable"))
        [[balance]] = Line._read_group(ledger, [], ["balance:sum"])
        invoices = [("company_id", "=", self.company.id), ("state", "=", "posted"), ("move_type", "=", "out_invoice")]
        sums = {name: sum(accounts.mapped(name)) for name in self.buckets()}
        total = sum(accounts.mapped("amount_total"))
        self.figures |= {
            "Invoices": self.env["account.move"].search_count(invoices),
            "Accounts": len(accounts),
            "Open items": sum(accounts.mapped("open_count")),
            **dict(zip(self.company._collection_bucket_labels(), sums.values())),
            "Unapplied": sum(accounts.mapped("amount_unapplied")),
            "Open": total,
            "Overdue": sum(accounts.mapped("amount_overdue")),
            "Collectible": sum(accounts.mapped("amount_collectible")),
            "On the worklist": len(accounts.filtered("on_worklist")),
        }
        self.tie("Accounts and receivable control accounts", total, balance)
        self.tie("Buckets less unapplied and total", sum(sums.values()) - self.figures["Unapplied"], total)

    def buckets(self):
        return ["aging_current", *(f"aging_{number}" for number in range(1, 6))]

    def dun(self):
        """Today's run, simulated and confirmed; each overdue item is in a notice, left out for a reason, or at no step yet."""
        run = self.env["collection.run"].create({"company_id": self.company.id})
        run.action_simulate()
        Line = self.env["collection.notice.line"]
        left_out = Line.search(
            [("company_id", "=", self.company.id), ("suppress_reason", "!=", False), ("date_last", "=", self.today)]
        )
        notices = run.notice_ids.filtered(lambda notice: notice.state != "suppressed")
        reasons = dict(self.env["collection.notice"]._selection_suppress_reason())
        steps = Counter(f"{notice.step_id.name} ({notice.channel})" for notice in notices)
        overdue = self.overdue()
        noticed = {(line.move_id, line.due_date) for line in Line.search([("counted", "=", True)])}
        waiting = overdue.keys() - noticed - {(line.move_id, line.due_date) for line in left_out}
        self.figures |= {
            "Notices": len(notices),
            **{f"  {step}": count for step, count in sorted(steps.items())},
            "Left out": len(left_out),
            **{f"  {reasons[reason]}": count for reason, count in Counter(left_out.mapped("suppress_reason")).items()},
            "Overdue items": len(overdue),
            "  at no step yet": len(waiting),
        }
        first = min(days for days in run._policies_in_use(self.company).step_ids.mapped("days") if days > 0)
        lost = [move.name for move, due in waiting if (self.today - due).days >= first]
        if lost:
            raise NotTied(f"Overdue, in no notice and not left out: {', '.join(lost)}")
        run.action_confirm()
        self.commit()
        return run

    def overdue(self):
        """The overdue items of customers: dict of (document, due date) to item."""
        Line = self.env["account.move.line"]
        items = Line.search(Line._collection_open_domain(self.company)).filtered(lambda line: line.amount_residual > 0)
        by_due = {(line.move_id, line.date_maturity or line.date): line for line in items if line.partner_id}
        return {key: line for key, line in by_due.items() if key[1] < self.today}

    def send(self, run, port):
        """The run's e-mails by SMTP to a port of this machine."""
        due = run.notice_ids.filtered(
            lambda notice: notice.state == "due" and notice.channel == "email" and notice.ready
        )
        queued = due.browse()
        for start in range(0, len(due), BATCH):
            queued |= due[start : start + BATCH]._send()
            self.commit()
        server = self.env["ir.mail_server"].create(
            {"name": "Sink of this day", "smtp_host": "127.0.0.1", "smtp_port": port}
        )
        queued.mail_mail_id.mail_server_id = server
        self.commit()
        self.env["mail.mail"].process_email_queue(queued.mail_mail_id.ids)
        queued.mail_mail_id.mail_server_id = False
        server.unlink()
        self.commit()
        return due

    def receive(self, notices, messages):
        """Every notice arrived once."""
        arrived = defaultdict(list)
        for message in messages:
            arrived[message["Message-Id"]].append(message)
        self.figures |= {
            "E-mails": len(notices),
            **{f"  {state}": count for state, count in Counter(notices.mapped("state")).items()},
            "Messages received": len(messages),
        }
        self.tie("Messages received and different ones", len(messages), len(arrived))
        sent = notices.filtered(lambda notice: notice.state == "sent")
        missing = [notice.name for notice in sent if notice.mail_mail_id.message_id not in arrived]
        if missing or len(arrived) != len(sent):
            raise NotTied(f"{len(sent)} notices sent, {len(arrived)} arrived; missing: {', '.join(missing) or 'none'}")


@contextmanager
def sink():
    """A mail server on a free port of this machine: (port, the messages it got so far)."""
    from aiosmtpd.controller import Controller

    class Handler:
        async def handle_DATA(self, server, session, envelope):
            messages.append(email.message_from_bytes(envelope.original_content, policy=email.policy.default))
            return "250 Kept"

    logging.getLogger("mail.log").setLevel(logging.WARNING)
    messages = []
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    controller = Controller(Handler(), hostname="127.0.0.1", port=port, data_size_limit=None)
    controller.start()
    try:
        yield port, messages
    finally:
        controller.stop()


def run(env, company, commit=lambda: None):
    """The whole day.

    :return: dict of figures
    :raise NotTied: something does not add up
    """
    day = Day(env, company, commit)
    day.refresh()
    dunning = day.dun()
    with sink() as (port, messages):
        notices = day.send(dunning, port)
    day.receive(notices, messages)
    return day.figures


def show(figures, currency):
    for name, value in figures.items():
        print(f"  {name:<32}{value:>14,}" if isinstance(value, int) else f"  {name:<32}{currency.format(value):>14}")
