"""The edge of the server: what comes over the network, read whole and in time before anybody works on it."""
