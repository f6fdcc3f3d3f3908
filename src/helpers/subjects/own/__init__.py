"""What a company adds of its own without touching the package: signals in its settings, findings of its pages."""
