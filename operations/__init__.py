"""Operation of an instance: start, supervision, copies, certificates, doctor."""
