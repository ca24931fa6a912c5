from . import account
from . import contact
from . import reports
