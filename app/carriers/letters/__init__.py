"""What mail and text messages say and look like, in the name of a brand or of the wallet itself."""
