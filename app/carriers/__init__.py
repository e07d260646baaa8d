"""What carries words to people: mail and text messages. It knows no permission; whoever sends has asked."""
