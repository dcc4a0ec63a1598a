"""Signing in: staff by password or passkey with MFA, patients by link, e-mailed code or paper code."""
