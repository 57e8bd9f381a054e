"""The web pages for operators, agencies, the command centre and admins."""
