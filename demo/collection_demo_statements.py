from datetime import datetime, timedelta

from odoo import models

from . import plan
from .collection_demo_dunning import RUN_TIME

# Every third customer wants a statement each month; of these, how the first ones want it.
KINDS = ({"statement_kind": "activity"}, {"statement_kind": "balance_forward"}, {"statement_detail": "summary"})


class CollectionDemo(models.AbstractModel):
    """Last month's statements, as they went out on the third business day of this month or the month before."""

    _inherit = "collection.demo"

    def _add_statements(self, company, today):
        company.collection_remit_address = f"{company.name}\nLockbox 4471\nPhiladelphia, PA 19101"
        accounts = self.env["collection.account"].search([("company_id", "=", company.id), ("partner_id", "!=", False)])
        monthly = accounts.sorted("id")[::3]
        monthly.statement_schedule = "monthly"
        for account, values in zip(monthly, KINDS):
            account.write(values)
        last = today.replace(day=1) - timedelta(days=1)
        if plan.business_day(last + timedelta(days=3)) > today:
            last = last.replace(day=1) - timedelta(days=1)
        self._make_statements(company, last)

    def _make_statements(self, company, last):
        """The batch of a month. Pages need a running server: these statements carry workbooks."""
        sent_on = plan.business_day(last + timedelta(days=3))
        Batch = self.env["collection.statement.batch"]
        batch = Batch._unguarded().create(
            {
                "name": Batch._new_name(),
                "company_id": company.id,
                "date": last,
                "date_from": last.replace(day=1),
                "period": f"{last:%Y-%m}",
                "delivery": "send",
                "with_xlsx": True,
            }
        )
        batch._add_missing()
        with self._business_date(company, sent_on):
            statements = batch.statement_ids
            documents = statements._documents()
            todo = statements._leave_out(documents, batch)._address(batch)
            todo._keep(documents, {}, batch)
            todo._go_out(documents)
        mails = todo.mail_mail_id
        mails.write({"state": "sent", "date": datetime.combine(sent_on, RUN_TIME)})
        todo.filtered(lambda statement: statement.state == "queued")._set_sent()
        batch._update_state(("running",), "done")
