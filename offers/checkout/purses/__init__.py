"""What there is to pay with besides money: the points or the cagnotte of a member, gift cards."""
