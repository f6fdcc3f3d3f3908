"""The cases handed with the project, by the command line: what a user sees beside what is right."""
