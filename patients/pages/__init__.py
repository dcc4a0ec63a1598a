"""The patient's pages: thin views that ask the domain and show what it says."""
