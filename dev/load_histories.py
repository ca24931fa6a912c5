"""Loads late-payment histories into a company: customers, invoices, payments on the day they came in, disputed marks.

The file is IBM's public sample "Accounts Receivable: late payment histories" (CSV, dates month/day/year) or one with the same
columns. Its dates are shifted so that the last due date is the company's business date; what lies after that has not happened yet.
An invoice's number in the file is its reference: loading again adds nothing twice, and on a later day adds the payments that have
come in since. `--day` then runs the whole day on it, see dunning_day.py.
"""

import argparse
import pathlib
import sys
from dataclasses import replace
from datetime import timedelta

from history_file import CannotLoad, read

DEFAULT_CSV = pathlib.Path(__file__).resolve().parents[2] / "shared" / "data" / "late_payment_histories.csv"
BATCH = 200
DISPUTE_DAYS = 30  # a dispute keeps its item from being chased for as many days


# ----------------------------------------------------------------------
# Loading
# ----------------------------------------------------------------------


class Loader:
    """Brings the bills into the books of a company, a batch at a time.

    :param commit: called after each batch
    :param progress: called with the number of bills done and their total
    """

    def __init__(self, env, company, commit=lambda: None, progress=lambda done, total: None):
        context = {"tracking_disable": True, "mail_create_nosubscribe": True, "mail_create_nolog": True}
        self.env = env(context={**env.context, **context, "allowed_company_ids": company.ids})
        self.company = company.with_env(self.env)
        self.today = company._collection_today()
        self.commit, self.progress = commit, progress
        self.bank = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", company.id)], limit=1
        )
        if not self.bank:
            raise CannotLoad(
                f"{company.name} has no bank journal to receive payments: install a chart of accounts first."
            )

    def load(self, bills):
        """:return: dict of what was added: customers, invoices, payments, holds"""
        bills = self.shift(bills)
        added = dict.fromkeys(("customers", "invoices", "payments", "holds"), 0)
        customers = self.customers(bills, added)
        for start in range(0, len(bills), BATCH):
            batch = bills[start : start + BATCH]
            invoices = self.invoices(batch, customers, added)
            self.pay(batch, invoices, added)
            self.dispute(batch, invoices, added)
            self.commit()
            self.progress(start + len(batch), len(bills))
        return added

    def known(self, bills):
        """The invoices that are there already, by number."""
        Move = self.env["account.move"]
        domain = [
            ("company_id", "=", self.company.id),
            ("move_type", "=", "out_invoice"),
            ("ref", "in", [b.number for b in bills]),
        ]
        return {move.ref: move for move in Move.search(domain)}

    def shift(self, bills):
        """The bills with the last due date today, or as an earlier loading shifted them; without those of the future."""
        days = self.today - max(bill.due for bill in bills)
        known = self.known(bills)
        for bill in bills:
            if bill.number in known:
                days = known[bill.number].invoice_date - bill.invoiced
        moved = [
            replace(
                bill, invoiced=bill.invoiced + days, due=bill.due + days, settled=bill.settled and bill.settled + days
            )
            for bill in bills
        ]
        return [bill for bill in moved if bill.invoiced <= self.today]

    def customers(self, bills, added):
        """Customers by their name in the file; who got the last bill on paper is written to by letter."""
        Partner = self.env["res.partner"]
        names = {
            bill.customer: bill.by_mail for bill in sorted(bills, key=lambda bill: (bill.by_mail is not None, bill.due))
        }
        found = Partner.search([("ref", "in", list(names)), ("company_id", "=", self.company.id)])
        partners = {partner.ref: partner for partner in found}
        missing = [name for name in names if name not in partners]
        added["customers"] += len(missing)
        vals = [
            {
                "name": f"Customer {name}",
                "ref": name,
                "is_company": True,
                "company_id": self.company.id,
                "email": f"{name.lower()}@customers.example.com" if names[name] is not False else False,
                "street": "1 Main Street",
                "city": "Springfield",
                "zip": "12345",
            }
            for name in missing
        ]
        return partners | dict(zip(missing, Partner.create(vals)))

    def invoices(self, bills, customers, added):
        """The bills' invoices, posted, by number."""
        invoices = self.known(bills)
        missing = [bill for bill in bills if bill.number not in invoices]
        added["invoices"] += len(missing)
        line = {"name": "Goods and services", "quantity": 1, "tax_ids": [(5,)]}
        vals = [
            {
                "move_type": "out_invoice",
                "company_id": self.company.id,
                "partner_id": customers[bill.customer].id,
                "ref": bill.number,
                "invoice_date": bill.invoiced,
                "invoice_date_due": bill.due,
                "invoice_payment_term_id": False,
                "narration": "Disputed by the customer." if bill.is_disputed else False,
                "invoice_line_ids": [(0, 0, {**line, "price_unit": bill.amount})],
            }
            for bill in missing
        ]
        moves = self.env["account.move"].create(vals)
        moves.action_post()
        return invoices | {move.ref: move for move in moves}

    def pay(self, bills, invoices, added):
        """A payment of each invoice on the day it was settled, as far as that day has come."""
        settled = [
            bill
            for bill in bills
            if bill.settled and bill.settled <= self.today and invoices[bill.number].payment_state == "not_paid"
        ]
        added["payments"] += len(settled)
        vals = [
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": invoices[bill.number].partner_id.id,
                "company_id": self.company.id,
                "journal_id": self.bank.id,
                "amount": bill.amount,
                "date": bill.settled,
                "memo": bill.number,
            }
            for bill in settled
        ]
        payments = self.env["account.payment"].create(vals)
        payments.action_post()
        # Without statistics of the new rows PostgreSQL joins them in nested loops, and what Odoo computes of a match takes minutes.
        self.env.flush_all()
        self.env.cr.execute("ANALYZE account_move, account_move_line, account_payment, account_partial_reconcile")
        self.env["account.move.line"]._reconcile_plan(
            [self.receivables(payment.move_id | invoices[payment.memo]) for payment in payments]
        )

    @staticmethod
    def receivables(moves):
        return moves.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")

    def dispute(self, bills, invoices, added):
        """A person's hold on what is disputed and still open."""
        disputed = self.env["account.move"].union(*(invoices[bill.number] for bill in bills if bill.is_disputed))
        items = self.receivables(disputed).filtered(lambda line: not line.reconciled and not line.collection_hold_ids)
        added["holds"] += len(items)
        self.env["collection.hold"].create(
            [
                {
                    "account_id": self.env["collection.account"]._for_partner(item.partner_id, self.company).id,
                    "move_line_id": item.id,
                    "date_until": self.today + timedelta(DISPUTE_DAYS),
                    "reason": "Disputed",
                }
                for item in items
            ]
        )


# ----------------------------------------------------------------------
# Command
# ----------------------------------------------------------------------


def show_progress(done, total):
    print(f"\r  {done:,} of {total:,} invoices", end="\n" if done == total else "", file=sys.stderr, flush=True)


def arguments():
    parser = argparse.ArgumentParser(prog="dev/load_histories", description=__doc__.split("\n\n")[0])
    parser.add_argument("--db", required=True, help="a database that has the add-on")
    parser.add_argument("--csv", default=DEFAULT_CSV, help="default: %(default)s")
    parser.add_argument("--limit", type=int, help="only so many invoices, the last by due date")
    parser.add_argument("--company", help="its name; default: the database's first")
    parser.add_argument("--day", action="store_true", help="then run the dunning day on it")
    parser.add_argument("--config", help=argparse.SUPPRESS)
    return parser.parse_args()


def open_database(options):
    """The registry of a database that has the add-on."""
    from psycopg2 import OperationalError

    from odoo.modules.registry import Registry
    from odoo.tools import config

    quiet = ["--config", options.config, "-d", options.db, "--no-http", "--log-level=error"]
    config.parse_config(quiet, setup_logging=True)
    try:
        registry = Registry(options.db)
    except OperationalError as error:
        raise CannotLoad(str(error).strip().rpartition("FATAL:  ")[2]) from error
    if "collection.run" not in registry:
        raise CannotLoad(
            f"Database {options.db} does not have the add-on: dev/odoo -d {options.db} -i account_collections"
        )
    return registry


def main():
    options = arguments()
    bills = read(options.csv, options.limit)
    from odoo import SUPERUSER_ID, api

    with open_database(options).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        named = [("name", "=", options.company)] if options.company else []
        company = env["res.company"].search(named, order="id", limit=1)
        if not company:
            raise CannotLoad(f"There is no company {options.company}.")
        added = Loader(env, company, cr.commit, show_progress).load(bills)
        print("Added: " + ", ".join(f"{count:,} {kind}" for kind, count in added.items()))
        if options.day:
            import dunning_day

            dunning_day.show(dunning_day.run(env, company, cr.commit), company.currency_id)


if __name__ == "__main__":
    try:
        main()
    except CannotLoad as problem:
        sys.exit(str(problem))
