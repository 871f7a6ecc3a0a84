"""A CloudFormation or SAM template in, its resources in each scenario of its conditions out."""
