"""The AWS Price List's bulk offer files: fetched or downloaded, read, and made into snapshots.

``refresh`` joins the steps. Nothing here runs while advice is given: prices are
refreshed when somebody asks for it, and an error leaves the old snapshot as it was.
"""
