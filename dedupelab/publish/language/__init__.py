"""Messages and their translations, numbers and dates as a language writes them."""
