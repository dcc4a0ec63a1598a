"""How patients come in: by the invitation's link, an e-mailed code, or a code on paper; and who practises."""
