"""The administration: what editors and administrators see and do, in the portal's own look."""
