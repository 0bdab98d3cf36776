"""Programs that measure. They record the figures that README and pages show."""
