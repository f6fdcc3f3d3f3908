"""What a book can be asked, by subject: each class adds its questions to the book, `helpers.book.Book` has all.

A question is one method: it fetches facts, hands them with the settings to the pure function of the subject in
`helpers.analysis`, and returns that function's result.
"""
