"""What people decide and send back: review, field sheets, field facts, and the hash chain that keeps them."""
