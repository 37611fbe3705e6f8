"""Audit and aggregation (先审核后汇总): sealed registers of counties become the register of the level above."""
