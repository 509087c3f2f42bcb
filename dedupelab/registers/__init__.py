"""What people write down: append-only, chained registers of work, incidents, licences, assumptions."""
