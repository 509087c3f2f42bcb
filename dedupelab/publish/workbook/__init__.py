"""The numbers and what lies under them as a spreadsheet that an auditor can follow."""
