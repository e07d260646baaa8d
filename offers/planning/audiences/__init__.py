"""For whom an offer is: rules about members, what is known of them, and how often one may use it."""
