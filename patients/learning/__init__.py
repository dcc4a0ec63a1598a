"""Short cards on what helps to practise well: ours, and what a clinic makes of them."""
