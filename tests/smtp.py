"""A mail server on this machine that keeps what it is given; told to, it refuses, puts off, or says nothing at all."""

import asyncio
import email
import email.policy
import logging
import socket
import unittest
from contextlib import contextmanager
from unittest.mock import patch

from .common import CollectionsCommon

try:
    from aiosmtpd.controller import Controller
except ImportError:
    Controller = object

needs_smtp_sink = unittest.skipIf(
    Controller is object, "aiosmtpd is not installed: what a mail server receives is not checked"
)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class SmtpSink:
    """What arrived is in `messages`, with the recipient of the envelope in its `X-Rcpt`; how it answers is set while it runs."""

    def __init__(self):
        self.messages = []
        self.refused = {}  # recipient → answer to RCPT
        self.put_off = None  # answer to every DATA
        self.is_silent = False  # after DATA nothing is answered any more
        self.port = free_port()

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.is_silent:
            await asyncio.Event().wait()
        if self.put_off:
            return self.put_off
        message = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        message["X-Rcpt"] = ", ".join(envelope.rcpt_tos)
        self.messages.append(message)
        return "250 Kept"

    @contextmanager
    def running(self):
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        controller = Controller(self, hostname="127.0.0.1", port=self.port, data_size_limit=None)
        controller.start()
        try:
            yield self
        finally:
            controller.stop()

    def of(self, notices):
        """The messages of these notices, by notice id."""
        ids = {notice.mail_mail_id.message_id: notice.id for notice in notices.sudo()}
        found = {}
        for message in self.messages:
            if message["Message-Id"] in ids:
                found.setdefault(ids[message["Message-Id"]], []).append(message)
        return found


def html_of(message):
    return message.get_body(("html",)).get_content()


def attachments_of(message):
    """Name and content of each attachment."""
    return [(part.get_filename(), part.get_content()) for part in message.iter_attachments()]


class SmtpCommon(CollectionsCommon):
    """Mail goes by SMTP to `self.sink`, though Odoo sends nothing in tests."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"email": "receivables@seller.example.com", "phone": "+1 555 0100"})
        cls.env["mail.mail"].sudo().search([("state", "=", "outgoing")]).write({"state": "cancel"})
        cls.run_model = cls.env["collection.run"]
        cls.Notice = cls.env["collection.notice"]

    def setUp(self):
        super().setUp()
        self.sink = self.enterContext(SmtpSink().running())
        servers = self.env["ir.mail_server"].sudo()
        servers.search([]).active = False
        self.server = servers.create({"name": "Sink", "smtp_host": "127.0.0.1", "smtp_port": self.sink.port})
        self.startPatcher(patch.object(self.registry["ir.mail_server"], "_disable_send", lambda *_args: False))

    def run_today(self, company=None):
        """The notices of a simulated and confirmed run of today."""
        self.Account._refresh_touched()
        company = company or self.company
        run = self.run_model.with_company(company).create({"company_id": company.id})
        run.action_simulate()
        run.action_confirm()
        return run.notice_ids.filtered(lambda notice: notice.state != "suppressed")

    def hand_over(self):
        """Both lanes of the sending job, as the scheduler runs them."""
        self.trigger("account_collections.ir_cron_send_0", "account_collections.ir_cron_send_1")

    def deliver(self):
        """Odoo's mail queue."""
        self.trigger("mail.ir_cron_mail_scheduler_action")

    def send(self):
        self.hand_over()
        self.deliver()

    def trigger(self, *jobs):
        with self.enter_registry_test_mode():
            for job in jobs:
                self.env.ref(job).sudo().method_direct_trigger()


class OneNoticeCommon(SmtpCommon):
    """Acme, of a collector's portfolio, with one bill that is 16 days overdue."""

    def setUp(self):
        super().setUp()
        self.collector = self.member("collector")
        self.acme = self.customer("Acme")
        self.bill = self.invoice(self.acme, 100, overdue=16)
        self.account(self.acme).collector_id = self.collector

    def notice(self):
        [notice] = self.run_today()
        return notice

    def tasks(self):
        return self.account(self.acme).activity_ids
