from . import collection_approval_decide
