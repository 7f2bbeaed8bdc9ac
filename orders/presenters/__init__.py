"""How an order reads to the person who looks at it: sentences, posts of the rail, cards. It decides nothing."""
