from . import account
from . import promise
from . import approval
from . import dunning
from . import contact
from . import dispute
from . import claim
from . import reports
