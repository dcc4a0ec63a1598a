"""Addresses of the patient's side."""

from typing import Any

urlpatterns: list[Any] = []
