"""Proofs of agencies that have to be made readable: photos of telephones."""
