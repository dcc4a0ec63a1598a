"""The ground floor in the admin: a clinic's settings; and the scoped ModelAdmin that upper floors build on."""
