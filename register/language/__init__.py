"""Words in two languages: labels of codes, safe texts, tables for terminals."""
