import importlib.util
from pathlib import Path

from odoo.tests import TransactionCase, tagged

MIGRATIONS = Path(__file__).parents[1] / "migrations"


def migration(version, name):
    """The script of a version, as Odoo loads it."""
    spec = importlib.util.spec_from_file_location(f"migration_{version}", MIGRATIONS / version / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@tagged("post_install", "-at_install")
class TestContactMigration(TransactionCase):
    """What an older database keeps of its outcomes, and what it learns."""

    def outcome(self, name):
        return self.env.ref(f"account_collections.activity_outcome_{name}")

    def test_outcomes_of_an_older_database(self):
        ours = ("promised", "disputes", "claims_paid", "refused", "documents")
        outcomes = self.env["collection.activity.outcome"].union(*map(self.outcome, ours))
        self.cr.execute(
            'UPDATE collection_activity_outcome SET party = NULL, "case" = NULL, write_uid = 1 WHERE id IN %s',
            [tuple(outcomes.ids)],
        )
        self.cr.execute(  # an administrator wants no dialog after it
            "UPDATE collection_activity_outcome SET write_uid = 2 WHERE id = %s", [self.outcome("disputes").id]
        )
        run = migration("19.0.0.4.0", "post-outcomes").migrate
        run(self.cr, None)
        self.env.invalidate_all()
        self.assertEqual(set(outcomes.mapped("party")), {False}, "A new database needs nothing")
        for _again in range(2):
            run(self.cr, "19.0.0.3.0")
            self.env.invalidate_all()
            self.assertEqual(set(outcomes.mapped("party")), {"customer"})
            self.assertEqual([self.outcome(name).case for name in ours], ["promise", False, "claim", False, False])
        self.assertFalse(self.outcome("no_answer").party)
