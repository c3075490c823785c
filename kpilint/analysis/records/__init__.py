"""What the records lack, and how they stand against what is expected of them."""
