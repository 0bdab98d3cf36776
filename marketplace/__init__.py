"""What the algorithms' listings on AWS Marketplace are made of."""
