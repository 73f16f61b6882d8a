"""Small wrong convolutions, one slip each, and honest variants; the checks must tell them apart."""
