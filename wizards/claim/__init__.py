from . import collection_claim_open
from . import collection_claim_reason
from . import collection_remittance_read
