"""What study.toml and consultation.toml say, checked."""
