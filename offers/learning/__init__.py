"""What is learnt of a member who allows it: counts that fade, scores and segments over them, and what a brand sells."""
