"""May we? One answer for every sender, and the matrix that shows it to the member."""
