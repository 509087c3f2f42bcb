"""What a printed number is: a result with its interval, grade and inputs; distributions and draws behind it."""
