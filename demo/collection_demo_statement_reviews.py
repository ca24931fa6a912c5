from odoo import models


class CollectionDemo(models.AbstractModel):
    """Lists that customers sent of what they owe: one to be settled, one signed off."""

    _inherit = "collection.demo"

    def _add_statement_reviews(self, company, today):
        """Each list has one invoice less and one amount too low; a line of it cannot be read."""
        for name, days, signed in (("gateway", 1, False), ("peachtree", 3, True)):
            account = self.env["collection.account"]._for_partner(self._customer(name), company)
            day = self._days_ago(today, days)
            with self._moment(company, day):
                review = self._add_statement_review(account, day)
                if review and signed:
                    for line in review.line_ids.filtered(lambda each: not each.is_settled):
                        line.explanation = "Agreed by phone with their A/P"
                    review.action_sign()

    def _add_statement_review(self, account, day):
        user = account.collector_id or self._ref("user_collector")
        items = account.open_item_ids.filtered(
            lambda item: item.amount_residual > 0 and item.date <= day and item.currency_id == account.currency_id
        )
        if not items:
            return None
        lines = [
            f"{item.move_id.name.split('/')[-1]}  {item.date:%m/%d/%Y}  {item.amount_residual_currency:,.2f}"
            for item in items[1:6]
        ]
        lines += [f"{items[0].move_id.name}  {items[0].date:%m/%d/%Y}  {items[0].amount_residual_currency - 25:,.2f}"]
        lines += ["Freight claim, see letter  180.00", "PO 88123  12.5.2026  1,240.00"]
        review = (
            self.env["collection.statement.review"]
            .with_user(user)
            .create({"account_id": account.id, "date": day, "text": "\n".join(["Invoice  Date  Amount", *lines])})
        )
        review.action_compare()
        return review
