from odoo.tests import HttpCase, tagged

from .escalation_common import EscalationCommon


@tagged("post_install", "-at_install")
class TestEscalationTour(EscalationCommon, HttpCase):
    """A collector escalates an account; the assistant manager decides on a credit hold; the manager lifts it."""

    def test_escalated_and_decided_as_hold(self):
        self.start_tour(f"/odoo/collections-accounts/{self.acme_account.id}", "collection_escalate", login="colin")
        escalation = self.open_of()
        self.assertEqual((escalation.user_id, escalation.reason), (self.ana, "They do not answer any more"))
        self.Account._refresh_touched()
        self.start_tour("/odoo/my-escalations", "collection_escalation_decide", login="ana")
        self.assertEqual((escalation.state, escalation.decision), ("decided", "hold"))
        hold = self.acme_account.credit_hold_id
        self.assertEqual((hold.state, hold.set_by_id), ("active", self.ana))
        self.start_tour(
            f"/odoo/collections-accounts/{self.acme_account.id}", "collection_credit_hold_lift", login="max"
        )
        self.assertEqual((hold.state, hold.end_reason), ("lifted", "Paid by wire this morning"))
