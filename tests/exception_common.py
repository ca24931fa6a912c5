"""What tests of the exception room share: exceptions in one line, and those who propose and approve them."""

from .dunning_common import DunningCommon


class ExceptionCommon(DunningCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Exception = cls.env["collection.exception"]
        cls.collector = cls.member("collector")
        cls.manager = cls.member("manager", "approver")

    def run_job(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("account_collections.ir_cron_exceptions").sudo().method_direct_trigger()
        self.env.invalidate_all()

    @classmethod
    def kind(cls, effect):
        return cls.env.ref(f"account_collections.exception_type_{effect}")

    @classmethod
    def draft(cls, effect, on=None, **vals):
        """A draft for a customer (default: Acme), a sales partner or an invoice."""
        on = on or cls.acme
        scope = "move_id" if on._name == "account.move" else "sales_partner_id" if on.is_sales_partner else "partner_id"
        return cls.Exception.with_user(cls.collector).create(
            {"type_id": cls.kind(effect).id, scope: on.id, "date_from": cls.day(0), **vals}
        )

    @classmethod
    def proposed(cls, effect, on=None, **vals):
        exception = cls.draft(effect, on, **vals)
        exception.action_propose()
        return exception

    @classmethod
    def approved(cls, effect, on=None, **vals):
        exception = cls.proposed(effect, on, **vals)
        exception.with_user(cls.manager).action_approve()
        return exception.with_env(cls.env)

    @classmethod
    def pay_run(cls, on=None, **vals):
        return cls.approved("pay_run", on, **{"pay_days": "10, 25", **vals})

    @classmethod
    def seller(cls, name="Gulf Dealers", **vals):
        return cls.env["res.partner"].create(
            {"name": name, "is_sales_partner": True, "email": "gulf@example.com", **vals}
        )

    @classmethod
    def ap(cls, customer=None, **vals):
        """An A/P contact of a customer, with an address of its own."""
        customer = customer or cls.acme
        person = cls.contact(customer, **{"name": "Ann Payable", "email": "ap@example.com", **vals})
        customer.collection_ap_contact_id = person
        return person
