"""The library as a table: out to CSV, XLSX and JSON, and in again after a look at what would become of it."""
