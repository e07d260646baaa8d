"""What an offer would do: played against the past before it is scheduled, and against one member, gate by gate."""
