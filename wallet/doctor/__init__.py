"""The pass doctor: is this .pkpass one that wallets take, what will its holder see, and how is it mended?"""
