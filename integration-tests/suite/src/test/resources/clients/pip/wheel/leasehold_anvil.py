GREETING = "anvil"
