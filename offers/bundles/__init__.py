"""What is there for me here, without telling anybody where: offers that the phone matches itself."""
