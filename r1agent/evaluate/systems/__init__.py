"""Ways of answering that are put beside each other: the loop, the loop less a part, one prompt."""
