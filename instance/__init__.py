"""Configuration of an instance: read, checked as a whole, accepted or refused."""

from instance.loader import FILES, PROMPTS, REPOSITORY, Instance, load, warnings
from instance.problems import ConfigErrors, Problem
from instance.secrets_file import Secrets
from instance.site import Site

__all__ = [
    "FILES",
    "PROMPTS",
    "REPOSITORY",
    "ConfigErrors",
    "Instance",
    "Problem",
    "Secrets",
    "Site",
    "load",
    "warnings",
]
