"""What people and scanners see of a pass: fields, colours, words, barcodes, pictures."""
