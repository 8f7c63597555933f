"""Who is at the keyboard: passwords, second factors, sessions, and the accounts behind them."""
