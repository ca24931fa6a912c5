from . import account
from . import approval
from . import dunning
from . import contact
from . import reports
