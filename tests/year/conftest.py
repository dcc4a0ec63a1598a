from patients import adherence
def within(seen, *, first, last):
    days = tuple(day for day in seen.days if first <= day.on <= last)
    return adherence._summed(days, day_number=seen.day_number, review_on=seen.review_on)
adherence.within = within
