"""The shape of the YAML files as pydantic models, one module for each file or great table."""
