"""Extensions by a company's settings and notebooks: signals, findings, actions and files."""
