"""Office documents: register.xlsx and report.docx."""
