"""Outcomes of an older database learn whom they are for and what they go on to; the upgrade itself adds those that are new.

They are data that administrators change, and are not loaded again: what somebody has changed stays.
"""

# Outcomes that only a customer can give, and the case that they lead to.
_CUSTOMERS = {
    "activity_outcome_promised": "promise",
    "activity_outcome_disputes": "dispute",
    "activity_outcome_claims_paid": "claim",
    "activity_outcome_refused": None,
    "activity_outcome_documents": None,
}


def migrate(cr, version):
    if not version:
        return
    for name, case in _CUSTOMERS.items():
        cr.execute(
            """
            UPDATE collection_activity_outcome o
               SET party = COALESCE(o.party, 'customer'),
                   "case" = CASE WHEN o.write_uid = 1 THEN COALESCE(o.case, %s) ELSE o.case END
              FROM ir_model_data d
             WHERE d.module = 'account_collections' AND d.model = 'collection.activity.outcome'
               AND d.res_id = o.id AND d.name = %s
            """,
            [case, name],
        )
