"""Clearing forms 清查表 by source class: written as workbooks, taken back as field facts, summed up by area."""
