"""The instance's configuration: read, checked as a whole, taken up or refused."""

from tanggap.config.instance import FILES, PROMPTS, REPOSITORY, Instance, load, warnings
from tanggap.config.problems import ConfigErrors, Problem
from tanggap.config.secrets_file import Secrets
from tanggap.config.site import Site

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
