"""Rows of people: users, their presence, absences, sessions, devices."""
