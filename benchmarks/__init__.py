"""How quick Milepost is: the catalogue among 200,000 gigs, and the main pages of a stack that runs."""
