"""What can be asked: touchpoints, purposes and their texts, recipients, and why each datum is needed."""
