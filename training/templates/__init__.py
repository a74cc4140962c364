"""The sentences that training conversations are made of, one file per kind of talk."""
