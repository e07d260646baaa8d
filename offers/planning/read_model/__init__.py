"""The read model of live offers: written as plans change, rebuilt whole, told what is sold out."""
