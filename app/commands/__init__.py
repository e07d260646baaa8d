"""The commands of the kernel. Each opens its transactions, calls verbs and prints what they return."""
