from . import collection_plan_reason
from . import collection_review_decide
