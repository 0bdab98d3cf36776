"""Publishing the algorithms on AWS Marketplace."""
