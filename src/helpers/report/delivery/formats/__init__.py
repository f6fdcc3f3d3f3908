"""The front page in the forms in which it is sent: mail, files beside it, a slide."""
