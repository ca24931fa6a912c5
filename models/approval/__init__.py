from . import res_users
from . import collection_substitution
from . import collection_approval
from . import collection_approval_decide
from . import collection_approval_tasks
from . import collection_approval_mixin
from . import collection_approval_mixin_ask
