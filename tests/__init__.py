from . import test_account_collectible
