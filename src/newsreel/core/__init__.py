"""What every room shares: types, errors, settings, addresses, text and dates. Imports nothing of ours."""
