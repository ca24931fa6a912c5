from . import collection_statement_review
from . import collection_statement_review_compare
from . import collection_statement_review_line
from . import collection_statement_review_unread
from . import collection_account_review
from . import collection_account_history
from . import collection_dispute
from . import collection_claim
