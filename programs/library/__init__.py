"""The shared library as files (`exercises/*.yaml`, `programs.yaml`), and how they come into the database."""
