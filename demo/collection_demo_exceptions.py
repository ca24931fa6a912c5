from datetime import timedelta

from odoo import models

# Customer, type, days since it began, days until it ends, what it says, values, whether the manager has approved it.
EXCEPTIONS = (
    (
        "biscayne",
        "pay_run",
        120,
        None,
        "Two pay runs a month; asks for a statement on the 8th.",
        {"pay_days": "10, 25"},
        True,
    ),
    ("lone_star", "ap_only", 60, None, "Store managers complained about reminders. Contract of 2025, § 9.", {}, False),
    ("pacific", "portal_only", 90, 200, "Invoices only through their supplier portal, e-mail is discarded.", {}, True),
    (
        "gulfshore",
        "document_copy",
        45,
        320,
        "No payment without the signed delivery note.",
        {"document_kind": "pod"},
        True,
    ),
    ("tidewater", "tolerance", 200, 5, "Small differences are settled once a quarter.", {"amount": 250}, True),
    ("wabash", "grace", 20, 345, "Net 45 agreed by phone, the contract still says 30.", {"days": 15}, False),
    ("puget", "statements_only", 150, 30, "Family business; the owner calls every month.", {}, True),
)


class CollectionDemo(models.AbstractModel):
    """What is different for some customers: approved, acting at once, waiting for a manager, and ended."""

    _inherit = "collection.demo"

    def _add_exceptions(self, company, today):
        for name, effect, since, until, instruction, vals, is_approved in EXCEPTIONS:
            start, end = today - timedelta(days=since), until and today + timedelta(days=until)
            exception = self._exception(company, self._customer(name), effect, start, end, instruction, vals)
            self._propose_exception(exception, is_approved)
        start, customer = today - timedelta(days=200), self._customer("meridian_gulf")
        ended = self._exception(company, customer, "no_letters", start, today, "While they moved offices.", {})
        self._propose_exception(ended, True)
        ended.action_end("The new office is open.")

    def _exception(self, company, customer, effect, start, end, instruction, vals):
        account = self.env["collection.account"]._for_partner(customer, company)
        owner = account.collector_id or self.env.user
        return self.env["collection.exception"].create(
            {
                "type_id": self.env.ref(f"account_collections.exception_type_{effect}").id,
                "company_id": company.id,
                "partner_id": customer.id,
                "date_from": start,
                "date_to": end,
                "instruction": instruction,
                "owner_id": owner.id,
                **vals,
            }
        )

    def _propose_exception(self, exception, is_approved):
        """In its owner's name, and decided by the demo company's manager."""
        exception._propose(exception.owner_id)
        if is_approved:
            manager = self._ref("user_manager")
            exception.approval_ids.with_user(manager).action_approve()
