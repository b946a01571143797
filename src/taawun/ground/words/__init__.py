"""Languages, digits, numbers, dates, units, phones and clean text: everything a person types or reads passes through
here.
"""
