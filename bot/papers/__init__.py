"""Papers that people print or open: workbooks, sheets, cards. Pure: data in, bytes out; no database, no clock."""
