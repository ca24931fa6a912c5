from . import collection_plan_reason
from . import collection_review_decide
from . import collection_escalation_open
from . import collection_escalation_decide
from . import collection_credit_hold_change
